import type { Metafile } from 'esbuild';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from './entries.js';

/** Writes the licence texts of every package that went into the bundles, as their licences ask. */
export async function writeNotices(outdir: string, metafiles: readonly Metafile[]): Promise<void> {
  const packages = new Set(metafiles.flatMap((metafile) => Object.keys(metafile.inputs).map(packageFolder)));
  const notices: string[] = [];
  for (const folder of [...packages].filter((name) => name !== undefined).sort()) {
    notices.push(await notice(path.join(projectRoot, folder)));
  }
  await writeFile(path.join(outdir, 'THIRD_PARTY_NOTICES.txt'), notices.join(`\n${'-'.repeat(80)}\n\n`));
}

/** `node_modules/@scope/name/lib/x.js` → `node_modules/@scope/name`; undefined for our own sources. */
function packageFolder(input: string): string | undefined {
  return /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0];
}

async function notice(folder: string): Promise<string> {
  const manifest = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8')) as Record<string, unknown>;
  const title = `${String(manifest['name'])} ${String(manifest['version'])} (${String(manifest['license'])})`;
  const file = (await readdir(folder)).find((name) => /^licen[cs]e(\.|$)/i.test(name));
  const text =
    file === undefined ? 'The package carries no licence file.' : await readFile(path.join(folder, file), 'utf8');
  return `${title}\n\n${text.trim()}\n`;
}
