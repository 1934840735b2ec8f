/**
 * How soon `GET /healthz` answers while 64 callers write: Python's client takes a worker that says nothing within a
 * second for dead and starts another. Worker, load and probe are processes of their own. Run with
 * `npm run bench:health` on a machine that does nothing else; it ends with status 1 when the slowest of all answers took
 * longer than the budget, when a probe failed, or when the callers did.
 */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { WriteServiceClient } from '../src/client/writeServiceClient.js';
import { startWorker } from './cliBench.js';
import { drive, percentile } from './measure.js';
import { memoryTexts } from './texts.js';

const WRITERS = 64;
const ADDS = 10_000;
const EVERY_MS = 10;
const BUDGET_MS = 50;
/** Of fewer, the slowest says little. */
const LEAST_PROBES = 100;

/** Milliseconds until the whole answer is there, over a new connection, as Python makes one each time. */
async function probe(url: string): Promise<number> {
  const startMs = performance.now();
  const request = get(url, { agent: false, timeout: 10_000 });
  const [response] = (await once(request, 'response')) as [AsyncIterable<Buffer> & { statusCode: number }];
  for await (const _ of response);
  if (response.statusCode !== 200) throw new Error(`healthz answered ${response.statusCode}`);
  return performance.now() - startMs;
}

async function load(dataDir: string): Promise<void> {
  const client = new WriteServiceClient({ dataDir, source: 'api', use: 'require' });
  const texts = memoryTexts(ADDS, 5);
  const { perSecond } = await drive(ADDS, WRITERS, (index) => client.addMemory({ content: texts[index] ?? '' }));
  client.close();
  console.log(`writers        ${WRITERS}, ${Math.round(perSecond)} adds/s`);
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'greeum-bench-'));
  const worker = await startWorker(folder);
  const { endpoint } = JSON.parse(readFileSync(join(folder, 'worker_state.json'), 'utf8')) as { endpoint: string };
  const url = endpoint.replace(/\/mcp$/, '/healthz');
  const child = fork(__filename, [folder], { execArgv: process.execArgv });
  const times: number[] = [];
  try {
    while (child.exitCode === null && child.signalCode === null) {
      times.push(await probe(url));
      await sleep(EVERY_MS);
    }
  } finally {
    worker.kill('SIGTERM');
    await once(worker, 'exit');
    rmSync(folder, { recursive: true });
  }
  const at = (share: number): string => `${percentile(times, share).toFixed(1)} ms`;
  const slowestMs = Math.max(...times);
  const isKept = child.exitCode === 0 && times.length >= LEAST_PROBES && slowestMs <= BUDGET_MS;
  console.log(`probes         ${times.length} (at least ${LEAST_PROBES})`);
  console.log(`p50, p99, p99.9, slowest  ${at(0.5)}, ${at(0.99)}, ${at(0.999)}, ${at(1)}`);
  console.log(
    isKept ? `Kept: none took more than ${BUDGET_MS} ms.` : `Not kept: each must take at most ${BUDGET_MS} ms.`,
  );
  process.exitCode = isKept ? 0 : 1;
}

const dataDir = process.argv[2];
void (dataDir === undefined ? main() : load(dataDir));
