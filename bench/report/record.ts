/** Results as they are kept: one JSON file for each part, with the machine and the command that made it. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join, resolve } from 'node:path';

import type { EditorResults } from '../editor/index.js';
import type { Amplification } from '../full/amplification.js';
import type { AtSize } from '../full/atSize.js';
import type { Period } from '../full/mixed.js';
import type { Profile } from '../full/profile.js';
import type { PeerResults } from '../peers/index.js';
import type { RatioResults } from '../ratios.js';

export const resultsFolder = resolve(__dirname, '../../docs/benchmarks');

/** The parts, by the name of their file. */
export interface Parts {
  ratios: RatioResults;
  peers: PeerResults;
  editor: EditorResults;
  sizes: readonly AtSize[];
  amplification: Amplification;
  mixed: readonly Period[];
  profile: Profile;
}

export interface Recorded<T> {
  /** `2026-01-31`. */
  readonly date: string;
  readonly machine: string;
  readonly node: string;
  readonly command: string;
  /** Load average before the run: what else the machine was busy with. */
  readonly loadBefore: string;
  readonly data: T;
}

/** Runs a part and keeps what it found; a part that finds nothing here (null) leaves what is kept. */
export async function record<K extends keyof Parts>(part: K, run: () => Promise<Parts[K] | null>): Promise<void> {
  const loadBefore = (loadavg()[0] ?? 0).toFixed(1);
  const data = await run();
  if (data === null) return;
  const recorded: Recorded<Parts[K]> = {
    date: new Date().toISOString().slice(0, 10),
    machine: machine(),
    node: process.version,
    command: commandLine(),
    loadBefore,
    data,
  };
  mkdirSync(resultsFolder, { recursive: true });
  writeFileSync(fileOf(part), `${JSON.stringify(recorded, null, 2)}\n`);
}

/** Undefined: it never ran. */
export function recorded<K extends keyof Parts>(part: K): Recorded<Parts[K]> | undefined {
  if (!existsSync(fileOf(part))) return undefined;
  return JSON.parse(readFileSync(fileOf(part), 'utf8')) as Recorded<Parts[K]>;
}

function fileOf(part: keyof Parts): string {
  return join(resultsFolder, `${part}.json`);
}

function machine(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor';
  return `${cpus().length} × ${model}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}`;
}

function commandLine(): string {
  const options = process.argv.slice(2);
  return options.length === 0 ? 'npm run bench' : `npm run bench -- ${options.join(' ')}`;
}
