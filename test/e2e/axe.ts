import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Frame, Page } from 'playwright-core';

export interface AxeScope {
  /** Selector of what is looked at; the whole page when left out. */
  readonly within?: string;
  /** Names of the rules; all when left out. */
  readonly rules?: readonly string[];
}

/** Rules of axe that something on the page breaks, with what breaks them. */
export async function axeViolations(page: Frame | Page, { within, rules }: AxeScope = {}): Promise<string[]> {
  await page.evaluate(await readFile(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8'));
  const context = within === undefined ? 'document' : JSON.stringify(within);
  const options = { resultTypes: ['violations'], ...(rules === undefined ? {} : { runOnly: rules }) };
  return page.evaluate<string[]>(
    `axe.run(${context}, ${JSON.stringify(options)}).then(({ violations }) =>
       violations.flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => id + ': ' + html + failureSummary)))`,
  );
}
