/**
 * `npm run test:load -- --minutes 10`: 200 idle and 64 busy connections for a while. Memory and descriptors of the
 * worker must stay as they were, and `/healthz` be answered within 50 ms. Linux only: it reads `/proc`. Needs a quiet
 * machine. The busy callers are a process of their own: who asks for the health must not wait for them, but the worker.
 */

import { fork } from 'node:child_process';
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
/** Files that a checkpoint opens and closes. */
const MOST_TEMPORARY = 8;

interface Traffic {
  calls: number;
  failures: number;
}

interface Measured extends Traffic {
  readonly samples: Resources[];
  readonly healthMs: number[];
}

async function main(): Promise<void> {
  const options = { minutes: { type: 'string', default: '10' }, callers: { type: 'string' } } as const;
  const { minutes: given, callers } = parseArgs({ options }).values;
  const minutes = Number(given);
  if (callers === undefined) await measure(minutes);
  else process.send?.(await keepAllBusy(callers, performance.now() + minutes * 60_000));
}

async function measure(minutes: number): Promise<void> {
  const folder = scratchFolder();
  const worker = await WorkerProcess.start(folder.path);
  const { socket, endpoint = '' } = JSON.parse(
    readFileSync(path.join(folder.path, 'worker_state.json'), 'utf8'),
  ) as Discovery;
  try {
    await fill(socket);
    const idle = await Promise.all(Array.from({ length: IDLE }, (_, index) => openIdle(socket, index)));
    const busy = fork(__filename, ['--callers', socket, '--minutes', String(minutes)], { execArgv: process.execArgv });
    const done = new AbortController();
    const traffic = once(busy, 'message').finally(() => done.abort());
    const [[{ calls, failures }], healthMs, samples] = await Promise.all([
      traffic as Promise<[Traffic]>,
      watchHealth(new URL(endpoint.replace(/\/mcp$/, '/healthz')), done.signal),
      sampleResources(worker.pid, done.signal),
    ]);
    const open = idle.filter((connection) => !connection.destroyed).length;
    for (const connection of idle) connection.destroy();
    judge({ samples, healthMs, calls, failures }, { minutes, open });
  } finally {
    await worker.end('SIGKILL');
    folder.remove();
  }
}

async function keepAllBusy(socketPath: string, endMs: number): Promise<Traffic> {
  const traffic: Traffic = { calls: 0, failures: 0 };
  const callers = Array.from({ length: BUSY }, (_, index) => keepBusy(socketPath, { index, endMs, traffic }));
  await Promise.all(callers);
  return traffic;
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

interface Busy {
  readonly index: number;
  readonly endMs: number;
  readonly traffic: Traffic;
}

async function keepBusy(socketPath: string, { index, endMs, traffic }: Busy): Promise<void> {
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
    traffic.calls += 1;
    if (!answer.includes('"result"')) traffic.failures += 1;
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

async function watchHealth({ hostname, port, pathname }: URL, until: AbortSignal): Promise<number[]> {
  const agent = new Agent({ keepAlive: true });
  const healthMs: number[] = [];
  while (!until.aborted) {
    const startMs = performance.now();
    await answerTo({ hostname, port, path: pathname, agent });
    healthMs.push(performance.now() - startMs);
    await sleep(HEALTH_PAUSE_MS);
  }
  agent.destroy();
  return healthMs;
}

async function sampleResources(pid: number, until: AbortSignal): Promise<Resources[]> {
  const samples: Resources[] = [];
  while (!until.aborted) {
    await sleep(SAMPLE_MS);
    const found = resourcesOf(pid);
    // After the end the busy ones are gone.
    if (found !== null && !until.aborted) samples.push(found);
  }
  return samples;
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
  // A checkpoint has a few files open for a moment: what leaks is what never goes below what it was.
  const leastOf = (some: readonly Resources[]): number => Math.min(...some.map(({ descriptors }) => descriptors));
  const [early, late] = [warm.slice(0, third), warm.slice(-third)];
  const [first, last] = [residentOf(early), residentOf(late)];
  const most = Math.max(...warm.map(({ descriptors }) => descriptors));
  const health = [0.5, 0.99, 0.999, 1].map((share) => at(healthMs, share).toFixed(1));
  console.log(`${minutes} minutes, ${IDLE} idle connections (${open} open at the end), ${BUSY} busy ones`);
  console.log(`calls           ${calls} (${Math.round(calls / minutes / 60)} a second), ${failures} failed`);
  console.log(
    `resident memory ${first} MiB early, ${last} MiB late (${samples[0]?.residentMiB ?? 0} MiB at the start)`,
  );
  console.log(`descriptors     at least ${leastOf(early)} early, ${leastOf(late)} late; at most ${most}`);
  console.log(`/healthz        ${health.join(' / ')} ms (median, 99 %, 99.9 %, slowest of ${healthMs.length})`);
  const problems = [
    ...(failures > 0 ? ['calls failed'] : []),
    ...(open < IDLE ? ['idle connections were closed'] : []),
    ...(last > first * MOST_GROWTH_RATIO ? ['memory grew'] : []),
    ...(leastOf(late) > leastOf(early) || most > leastOf(early) + MOST_TEMPORARY ? ['descriptors grew'] : []),
    ...(at(healthMs, 1) > MOST_HEALTH_MS ? ['/healthz was slow'] : []),
  ];
  console.log(problems.length === 0 ? 'Flat and quick.' : `Not as promised: ${problems.join(', ')}.`);
  process.exitCode = problems.length === 0 ? 0 : 1;
}

function at(values: readonly number[], share: number): number {
  const ascending = [...values].sort((a, b) => a - b);
  return ascending[Math.min(ascending.length - 1, Math.floor(ascending.length * share))] ?? NaN;
}

void main();
