/** The budgets that are ratios: the write queue, the endpoint, the command line and the bridge for agents. */

import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';

import { ensureCodeServer } from '../test/vscode/harness/codeServer.js';
import { benchCli, type CliTimes } from './cliBench.js';
import type { QueueRounds } from './queueBench.js';
import { benchStdio, type StdioTimes } from './stdioBench.js';

const root = resolve(__dirname, '..');

export interface RatioResults {
  /** Version of the Node that ran queue and `node:sqlite`; the command line runs in that of the record. */
  readonly queueNode: string;
  readonly queue: QueueRounds;
  readonly cli: CliTimes;
  readonly stdio: StdioTimes;
}

export async function benchRatios(): Promise<RatioResults> {
  const node = await nodeWithSqlite();
  return {
    queueNode: spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim(),
    queue: runQueueBench(node),
    cli: await benchCli(),
    stdio: await benchStdio(),
  };
}

/** `node:sqlite` came with Node 22.5: an older one borrows the Node that the editor tests install. */
async function nodeWithSqlite(): Promise<string> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 5) ? process.execPath : (await ensureCodeServer()).node;
}

function runQueueBench(node: string): QueueRounds {
  const { stdout, status } = spawnSync(node, ['--import', 'tsx', join(root, 'bench/queueBench.ts')], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`queueBench ended with ${String(status)}`);
  return JSON.parse(stdout) as QueueRounds;
}
