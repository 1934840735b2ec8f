/** `docs/benchmarks.md` and its charts, of everything that is kept. */

import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { format, resolveConfig } from 'prettier';

import { drawLines } from './charts.js';
import { recorded, resultsFolder, type Parts, type Recorded } from './record.js';
import {
  amplificationSection,
  editorSection,
  mixedSection,
  peerSection,
  profileSection,
  ratioSection,
  sizeSection,
  type Section,
} from './sections.js';

const file = resolve(__dirname, '../../docs/benchmarks.md');

const HEAD = `# Benchmarks

Written by \`npm run bench\` and \`npm run bench:full\`; everything measured is beside this page in \`benchmarks/\`. Compare the
ratios, not the times: machines differ.`;

export async function writePage(): Promise<void> {
  const sections = [
    sectionOf('ratios', ratioSection),
    sectionOf('peers', peerSection),
    sectionOf('editor', editorSection),
    sectionOf('sizes', sizeSection),
    sectionOf('amplification', amplificationSection),
    sectionOf('mixed', mixedSection),
    sectionOf('profile', profileSection),
  ].filter((section) => section !== null);
  for (const { charts } of sections) {
    for (const [name, chart] of Object.entries(charts)) {
      writeFileSync(join(resultsFolder, `${name}.svg`), `${await drawLines(chart)}\n`);
    }
  }
  const text = [HEAD, ...sections.map((section) => section.text)].join('\n\n');
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), parser: 'markdown' }));
}

function sectionOf<K extends keyof Parts>(part: K, section: (data: Parts[K]) => Section): Section | null {
  const found = recorded(part);
  if (found === undefined) return null;
  const { text, charts } = section(found.data);
  return { text: `${text}\n\n${origin(found)}`, charts };
}

function origin({ command, date, machine, node, loadBefore }: Recorded<unknown>): string {
  return `\`${command}\`, ${date}: ${machine}, Node ${node.slice(1)}; load average before the run ${loadBefore}.`;
}
