/**
 * Greeum beside what people use today: the same texts, in turns, on the same machine. Each round begins with a copy of
 * the same filled folder, adds with some number of callers, searches, is killed with -9 and counted.
 */

import { cpSync, lstatSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { resourcesOf } from '../../test/support/processResources.js';
import { drive, percentile } from '../measure.js';
import { folderBytes, writtenBytesOf } from '../processes.js';
import { memoryTexts } from '../texts.js';
import { greeum } from './greeum.js';
import { naiveSqlJs } from './naiveSqlJs.js';
import type { Peer, RunningPeer } from './peer.js';
import { pythonGreeum } from './pythonGreeum.js';
import { serverMemory } from './serverMemory.js';

/** What is there before the first add. */
const FILLED = 10_000;
const CALLERS = [1, 8, 64] as const;
const ROUNDS = 3;
const SEARCHES = 20;
/** Texts of the rounds have other seeds than those that are there: a memory that repeats one is not written again. */
const FILLED_SEED = 1;
const FIRST_SEED = 1_000;

export interface PeerRound {
  readonly peer: string;
  readonly callers: number;
  /** From the start of the process to its first answer. */
  readonly startMs: number;
  /** Acknowledged ones. */
  readonly addsPerSecond: number;
  readonly addMs: { readonly p50: number; readonly p95: number; readonly p99: number };
  /** Null where it answered none. */
  readonly searchP50Ms: number | null;
  readonly residentMiB: number | null;
  readonly acknowledged: number;
  readonly refused: number;
  /** Of them, after `kill -9`. More than acknowledged: what came before the adds was counted wrong. */
  readonly found: number;
  readonly diskBytes: number;
  /** By the process, all files, for each byte of text that it was given; null where it is not known. */
  readonly writtenPerTextByte: number | null;
}

export interface PeerResults {
  readonly filled: number;
  readonly rounds: readonly PeerRound[];
}

/** @param python path of Python Greeum's command, where there is one */
export async function benchPeers(python: string | undefined): Promise<PeerResults> {
  const peers = [greeum, serverMemory, naiveSqlJs, ...(python === undefined ? [] : [pythonGreeum(python)])];
  const folder = mkdtempSync(join(tmpdir(), 'greeum-bench-'));
  const filledOf = (peer: Peer): string => join(folder, peer.name.replaceAll(' ', '-'));
  try {
    for (const peer of peers) await fill(peer, filledOf(peer));
    const rounds: PeerRound[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const callers of CALLERS) {
        for (const peer of peers) {
          rounds.push(
            await runRound(peer, { filled: filledOf(peer), callers, seed: FIRST_SEED + 100 * round + callers }),
          );
        }
      }
    }
    return { filled: FILLED, rounds };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function fill(peer: Peer, folder: string): Promise<void> {
  mkdirSync(folder, { mode: 0o700 });
  await peer.fill(folder, memoryTexts(FILLED, FILLED_SEED));
  const count = await peer.count(folder);
  if (count !== FILLED) throw new Error(`${peer.name} holds ${count} memories of ${FILLED}`);
}

interface RoundPlan {
  readonly filled: string;
  readonly callers: number;
  readonly seed: number;
}

async function runRound(peer: Peer, { filled, callers, seed }: RoundPlan): Promise<PeerRound> {
  const folder = `${filled}-round`;
  cpSync(filled, folder, { recursive: true, filter: (source) => !lstatSync(source).isSocket() });
  try {
    const startedMs = performance.now();
    const running = await peer.start(folder);
    const startMs = performance.now() - startedMs;
    const texts = memoryTexts(peer.addsPerRound, seed);
    let acknowledged = 0;
    const { perSecond, latenciesMs } = await drive(texts.length, callers, async (index) => {
      if (await running.add(texts[index] ?? '', index)) acknowledged += 1;
    });
    const held = holdings(running, texts);
    const searchP50Ms = await timeSearches(running, texts);
    await running.kill();
    return {
      peer: peer.name,
      callers,
      startMs,
      addsPerSecond: (perSecond * acknowledged) / texts.length,
      addMs: {
        p50: percentile(latenciesMs, 0.5),
        p95: percentile(latenciesMs, 0.95),
        p99: percentile(latenciesMs, 0.99),
      },
      searchP50Ms,
      ...held,
      acknowledged,
      refused: texts.length - acknowledged,
      diskBytes: folderBytes(folder),
      found: (await peer.count(folder)) - FILLED,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function holdings(
  { pid }: RunningPeer,
  texts: readonly string[],
): Pick<PeerRound, 'residentMiB' | 'writtenPerTextByte'> {
  if (pid === null) return { residentMiB: null, writtenPerTextByte: null };
  const written = writtenBytesOf(pid);
  const textBytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return {
    residentMiB: resourcesOf(pid)?.residentMiB ?? null,
    writtenPerTextByte: written === null ? null : written / textBytes,
  };
}

/** Three words of a text that is there. @returns the median of those that were answered */
async function timeSearches(running: RunningPeer, texts: readonly string[]): Promise<number | null> {
  const queries = texts.slice(0, SEARCHES).map((text) => text.split(' ').slice(3, 6).join(' '));
  const answeredMs: number[] = [];
  for (const query of queries) {
    const sinceMs = performance.now();
    if (await running.search(query)) answeredMs.push(performance.now() - sinceMs);
  }
  return answeredMs.length === 0 ? null : percentile(answeredMs, 0.5);
}
