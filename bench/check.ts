/** Whether a change made something slower: ratios within one run against those that are kept, never times. */

import type { RatioResults } from './ratios.js';
import { ratioRows } from './report/ratioRows.js';
import { recorded } from './report/record.js';

/** Runs of the same code on a machine with two cores differ by so much. */
const TOLERANCE = 1.25;

/** Prints each ratio beside the one that is kept; the exit code is 1 when one is worse. */
export function checkRatios(now: RatioResults): void {
  const kept = recorded('ratios');
  if (kept === undefined) throw new Error('No ratios are kept: run `npm run bench` first.');
  const before = new Map(ratioRows(kept.data).map(({ what, ratio }) => [what, Number.parseFloat(ratio)]));
  for (const { what, ratio, budget } of ratioRows(now)) {
    const [is, was] = [Number.parseFloat(ratio), before.get(what)];
    if (budget === '' || was === undefined || Number.isNaN(is)) continue;
    const worse = budget.startsWith('≥') ? was / is : is / was;
    const isWorse = worse > TOLERANCE;
    console.log(
      `${isWorse ? 'worse' : 'fine '}  ${is.toFixed(2)} (kept: ${was.toFixed(2)}, budget ${budget})  ${what}`,
    );
    if (isWorse) process.exitCode = 1;
  }
}
