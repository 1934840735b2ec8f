/** The part of the editor's benchmark that runs in the extension host. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';

import { waitForStatus } from '../../test/vscode/suite/editor.js';
import { blocksOf, untilQuiet } from '../host/blocks.js';
import { telling } from '../host/say.js';

/** As long as the writers take, about. */
const IDLE_MS = 5_000;
const NS_PER_MS = 1e6;

/** Milliseconds. */
export interface LoopDelay {
  /** Of a timer of 1 ms: what it fired late, by the wall's clock, whoever had the processor. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  /** The longest time for which the thread itself could do nothing else; see `bench/host/blocks.ts`. */
  readonly longestBlock: number;
}

export interface HostRound {
  /** Of the host's main thread, as the extension itself tells it. */
  readonly activationMs: number;
  readonly idle: LoopDelay;
  readonly writing: LoopDelay;
  readonly addsPerSecond: number;
}

/** Called by the editor. */
export function run(): Promise<void> {
  return telling(async () => writeFileSync(process.env['GREEUM_BENCH_RESULT'] ?? '', JSON.stringify(await bench())));
}

async function bench(): Promise<HostRound> {
  const status = await waitForStatus(/^State of this window +owner$/m);
  const [, activationMs] = /activated in ([\d.]+) ms/.exec(status) ?? [];
  await untilQuiet();
  const idle = await loopDelayOf(() => pause(IDLE_MS));
  let addsPerSecond = 0;
  const writing = await loopDelayOf(async () => {
    addsPerSecond = await writeFromOutside();
  });
  return { activationMs: Number(activationMs), idle, writing, addsPerSecond };
}

async function loopDelayOf(work: () => Promise<void>): Promise<LoopDelay> {
  const delays = monitorEventLoopDelay({ resolution: 1 });
  delays.enable();
  const { longestMs } = await blocksOf(work);
  delays.disable();
  const [p50, p99] = [50, 99].map((percentile) => delays.percentile(percentile) / NS_PER_MS);
  return { p50: p50 ?? 0, p99: p99 ?? 0, max: delays.max / NS_PER_MS, longestBlock: longestMs };
}

/** @returns adds a second */
async function writeFromOutside(): Promise<number> {
  const writers = fork(path.join(__dirname, 'writers.js'), { execArgv: [] });
  const told = once(writers, 'message');
  const [code] = (await once(writers, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`The writers ended with ${String(code)}.`);
  const [perSecond] = (await told) as [number];
  return perSecond;
}
