/**
 * Durable adds of the write queue, in process, beside `node:sqlite` (WAL, synchronous=FULL) writing the very rows
 * that the queue journalled, one transaction an add, and beside the floor: append and fdatasync of the same bytes.
 * Runs in a Node that has `node:sqlite`; prints JSON.
 */

import { closeSync, fdatasyncSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { RowWrite } from '../src/protocol/change.js';
import { openBenchWriter } from './benchWriter.js';
import { addThroughEndpoint } from './endpointBench.js';
import { drive, summarize, type Summary } from './measure.js';
import { replayIntoNodeSqlite } from './nodeSqlite.js';
import { memoryTexts } from './texts.js';

const ADDS = 2_000;
const ROUNDS = 5;

export interface Round {
  readonly one: number;
  readonly oneP50Ms: number;
  readonly sixtyFour: number;
  readonly endpoint: number;
  /** Acknowledged by the endpoint and not there after `kill -9`. */
  readonly lost: number;
  readonly sqlite: number;
  readonly sqliteNormal: number;
  readonly floorP50Ms: number;
}

/** What the program prints. */
export interface QueueRounds {
  readonly adds: number;
  readonly rounds: readonly Round[];
}

interface Run {
  readonly perSecond: number;
  readonly latenciesMs: readonly number[];
  /** Frames still in the journal: those since the latest checkpoint. */
  readonly lines: readonly Buffer[];
}

async function addAll(dataDir: string, callers: number, seed: number): Promise<Run> {
  const writer = await openBenchWriter(dataDir);
  const texts = memoryTexts(ADDS, seed);
  const driven = await drive(ADDS, callers, (index) =>
    writer.call(
      'add_memory',
      { content: texts[index] ?? '', idempotency_key: `${seed}-${index}` },
      { source: 'api', caller: 'bench' },
    ),
  );
  const lines = journalLines(join(dataDir, 'data', 'journal'));
  await writer.close(0);
  return { ...driven, lines };
}

function journalLines(folder: string): Buffer[] {
  return readdirSync(folder)
    .sort()
    .flatMap((name) => splitLines(readFileSync(join(folder, name))));
}

function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(0x0a, start) + 1;
    lines.push(bytes.subarray(start, end));
    start = end;
  }
  return lines;
}

function rowsOf(line: Buffer): readonly RowWrite[] {
  return (JSON.parse(line.toString('utf8', 9)) as { rows: readonly RowWrite[] }).rows;
}

/** One caller's floor: the same bytes, appended and synced one by one. */
function floor(folder: string, lines: readonly Buffer[]): Summary {
  const path = join(folder, 'floor.log');
  const fd = openSync(path, 'w');
  const times = lines.map((line) => {
    const startMs = performance.now();
    writeSync(fd, line);
    fdatasyncSync(fd);
    return performance.now() - startMs;
  });
  closeSync(fd);
  return summarize(times);
}

async function round(seed: number): Promise<Round> {
  const folder = mkdtempSync(join(tmpdir(), 'greeum-bench-'));
  try {
    const one = await addAll(join(folder, 'one'), 1, seed);
    const many = await addAll(join(folder, 'many'), 64, seed);
    const changes = many.lines.map(rowsOf);
    const endpoint = await addThroughEndpoint(join(folder, 'endpoint'), 64, memoryTexts(ADDS, seed));
    return {
      one: one.perSecond,
      oneP50Ms: summarize(one.latenciesMs).median,
      sixtyFour: many.perSecond,
      endpoint: endpoint.perSecond,
      lost: ADDS - endpoint.found,
      sqlite: replayIntoNodeSqlite(join(folder, 'full.db'), 'FULL', changes),
      sqliteNormal: replayIntoNodeSqlite(join(folder, 'normal.db'), 'NORMAL', changes),
      floorP50Ms: floor(folder, one.lines).median,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function main(): Promise<void> {
  const rounds: Round[] = [];
  for (let index = 0; index < ROUNDS; index += 1) rounds.push(await round(index + 1));
  console.log(JSON.stringify({ adds: ADDS, rounds } satisfies QueueRounds));
}

void main();
