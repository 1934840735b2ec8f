/**
 * `npm run test:load -- --minutes 10`: 200 idle and 64 busy connections for a while. Memory and descriptors of the
 * worker must stay as they were, and `/healthz` be answered within 50 ms. Linux only: it reads `/proc`. Needs a quiet
 * machine.
 */

import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Discovery } from '../../src/protocol/discovery.js';
import { scratchFolder, WorkerProcess } from '../support/greeumProcess.js';
import { resourcesOf, type Resources } from '../support/processResources.js';

const IDLE = 200;
const BUSY = 64;
/** One call of so many is an add: the memory must not grow by what it is asked to keep. */
const CALLS_PER_ADD = 500;
const SAMPLE_MS = 2_000;
const HEALTH_PAUSE_MS = 100;
const MOST_HEALTH_MS = 50;
/** What memory may differ between the first third of the time, without the warm-up, and the last. */
const MOST_GROWTH_RATIO = 1.1;

interface Measured {
  readonly samples: Resources[];
  readonly healthMs: number[];
  calls: number;
  failures: number;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
  const durationMs = Number(values.minutes) * 60_000;
  const folder = scratchFolder();
  const worker = await WorkerProcess.start(folder.path);
  const state = JSON.parse(readFileSync(path.join(folder.path, 'worker_state.json'), 'utf8')) as Discovery;
  const measured: Measured = { samples: [], healthMs: [], calls: 0, failures: 0 };
  try {
    await fill(state.socket);
    const idle = await Promise.all(Array.from({ length: IDLE }, (_, index) => openIdle(state.socket, index)));
    const endMs = performance.now() + durationMs;
    await Promise.all([
      ...Array.from({ length: BUSY }, (_, index) => keepBusy(state.socket, { index, endMs, measured })),
      watchHealth(new URL((state.endpoint ?? '').replace(/\/mcp$/, '/healthz')), { endMs, measured }),
      sampleResources(worker.pid, { endMs, measured }),
    ]);
    const open = idle.filter((socket) => !socket.destroyed).length;
    for (const socket of idle) socket.destroy();
    judge(measured, { minutes: Number(values.minutes), open });
  } finally {
    await worker.end('SIGKILL');
    folder.remove();
  }
}

const post = (method: string, params: object): string => JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
const texts = ['deploy on Fridays', 'the build runs on Node 20', 'use tabs, not spaces', 'the queue has one consumer'];
const addOf = (number: number): string =>
  post('greeum/add_memory', { content: `${number}: ${texts[number % texts.length] ?? ''}`, allow_duplicate: true });

async function fill(socketPath: string): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  for (let number = 0; number < 500; number += 1) await ask(socketPath, agent, addOf(number));
  agent.destroy();
}

/** Half of them watch the status, half are agents that say nothing. */
async function openIdle(socketPath: string, index: number): Promise<Socket> {
  const socket = connect(socketPath);
  const upgrade = 'Connection: Upgrade\r\nUpgrade: greeum-stdio\r\n';
  const [at, extra] = index % 2 === 0 ? ['/watch', ''] : ['/stdio', upgrade];
  socket.write(`GET ${at} HTTP/1.1\r\nHost: localhost\r\n${extra}\r\n`);
  await once(socket, 'data');
  return socket.resume();
}

interface Until {
  readonly endMs: number;
  readonly measured: Measured;
}

async function keepBusy(socketPath: string, { index, endMs, measured }: Until & { index: number }): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  for (let call = 0; performance.now() < endMs; call += 1) {
    const number = index * 1_000_000 + call;
    const body =
      call % CALLS_PER_ADD === CALLS_PER_ADD - 1
        ? addOf(number)
        : call % 2 === 0
          ? post('tools/call', { name: 'search_memory', arguments: { query: texts[call % texts.length] } })
          : post('greeum/list_memories', { limit: 20 });
    const answer = await ask(socketPath, agent, body);
    measured.calls += 1;
    if (!answer.includes('"result"')) measured.failures += 1;
  }
  agent.destroy();
}

function ask(socketPath: string, agent: Agent, body: string): Promise<string> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return answerTo({ socketPath, path: '/mcp', method: 'POST', headers, agent }, body);
}

function answerTo(options: Parameters<typeof request>[1] & object, body = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request(options, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8').on('data', (part: string) => (text += part));
      incoming.on('end', () => resolve(text));
      incoming.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function watchHealth({ hostname, port, pathname }: URL, { endMs, measured }: Until): Promise<void> {
  const agent = new Agent({ keepAlive: true });
  while (performance.now() < endMs) {
    const startMs = performance.now();
    await answerTo({ hostname, port, path: pathname, agent });
    measured.healthMs.push(performance.now() - startMs);
    await sleep(HEALTH_PAUSE_MS);
  }
  agent.destroy();
}

async function sampleResources(pid: number, { endMs, measured }: Until): Promise<void> {
  while (performance.now() < endMs) {
    await sleep(SAMPLE_MS);
    const found = resourcesOf(pid);
    // After the end the busy ones are gone.
    if (found !== null && performance.now() < endMs) measured.samples.push(found);
  }
}

function judge(
  { samples, healthMs, calls, failures }: Measured,
  { minutes, open }: { minutes: number; open: number },
): void {
  const warm = samples.slice(Math.floor(samples.length / 4));
  const third = Math.max(1, Math.floor(warm.length / 3));
  const residentOf = (some: readonly Resources[]): number =>
    at(
      some.map(({ residentMiB }) => residentMiB),
      0.5,
    );
  const [first, last] = [residentOf(warm.slice(0, third)), residentOf(warm.slice(-third))];
  const descriptors = warm.map((sample) => sample.descriptors);
  const health = [0.5, 0.99, 0.999, 1].map((share) => at(healthMs, share).toFixed(1));
  console.log(`${minutes} minutes, ${IDLE} idle connections (${open} open at the end), ${BUSY} busy ones`);
  console.log(`calls           ${calls} (${Math.round(calls / minutes / 60)} a second), ${failures} failed`);
  console.log(
    `resident memory ${first} MiB early, ${last} MiB late (${samples[0]?.residentMiB ?? 0} MiB at the start)`,
  );
  console.log(`descriptors     ${Math.min(...descriptors)} to ${Math.max(...descriptors)}`);
  console.log(`/healthz        ${health.join(' / ')} ms (median, 99 %, 99.9 %, slowest of ${healthMs.length})`);
  const problems = [
    ...(failures > 0 ? ['calls failed'] : []),
    ...(open < IDLE ? ['idle connections were closed'] : []),
    ...(last > first * MOST_GROWTH_RATIO ? ['memory grew'] : []),
    ...(Math.max(...descriptors) - Math.min(...descriptors) > 2 ? ['descriptors grew'] : []),
    ...(at(healthMs, 0.99) > MOST_HEALTH_MS ? ['/healthz was slow'] : []),
  ];
  console.log(problems.length === 0 ? 'Flat and quick.' : `Not as promised: ${problems.join(', ')}.`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

function at(values: readonly number[], share: number): number {
  const ascending = [...values].sort((a, b) => a - b);
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? NaN;
}

void main();
