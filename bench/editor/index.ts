/**
 * The editor's side: what a window waits for when the extension starts, how long its extension host is held up while 64
 * callers write to the worker that it hosts, and the size of the package.
 */

import { readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

import { packageVsix } from '../../scripts/package.js';
import { makeTempDir } from '../../test/vscode/harness/paths.js';
import { runInHost } from '../host/run.js';
import type { HostRound } from './inHost.js';

const ROUNDS = 3;

export interface EditorResults {
  readonly vsixBytes: number;
  /** Of a new window each. */
  readonly rounds: readonly HostRound[];
}

export async function benchEditor(): Promise<EditorResults> {
  const folder = await makeTempDir('editor');
  try {
    const vsixBytes = statSync(await packageVsix(folder)).size;
    const rounds: HostRound[] = [];
    for (let round = 0; round < ROUNDS; round += 1) rounds.push(await runRound(path.join(folder, String(round))));
    return { vsixBytes, rounds };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runRound(dataDir: string): Promise<HostRound> {
  const result = `${dataDir}.json`;
  const exitCode = await runInHost(__dirname, { GREEUM_DATA_DIR: dataDir, GREEUM_BENCH_RESULT: result }, ['writers']);
  if (exitCode !== 0) throw new Error(`The extension host ended with ${exitCode}.`);
  return JSON.parse(readFileSync(result, 'utf8')) as HostRound;
}
