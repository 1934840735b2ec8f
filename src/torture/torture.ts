/**
 * Entry of `dist/torture.js`: real owners and clients on a scratch directory, killed with `kill -9` again and again;
 * then the files are held against every acknowledgement that a client heard. The seed fixes which fault comes when;
 * what the processes are doing at that moment is the machine's. After a hundred rounds another directory follows:
 * starting from a large one takes most of a round, and tells nothing new.
 */

import { existsSync, mkdirSync, readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { WriteServiceClient } from '../client/writeServiceClient.js';
import { GreeumError } from '../protocol/errors.js';
import { check } from './check.js';
import { Clients } from './clients.js';
import { Hosts } from './hosts.js';
import { isWhole, type Fault, type Findings, type Spread, type TortureOptions, type TortureReport } from './options.js';
import { Random } from './random.js';
import { textFor } from './texts.js';
import { asAdded } from '../protocol/operations.js';

const ROUNDS_A_DIRECTORY = 100;
const PREFILL_CALLERS = 64;
/** Writes that a client has under way at once. */
const CALLERS_EACH = 2;
const SUSPEND_MS = 1_000;
/** A fault comes up to so long after the writes it waited for, to meet the owner in any state. */
const JITTER_MS = 30;
/** Nothing was acknowledged for so long: something hangs, and the run is a failure. */
const STALL_MS = 120_000;
/** How long to wait for a checkpoint, or for the next owner, to strike at; then the fault strikes anyway. */
const INSTANT_TIMEOUT_MS = 2_000;

/** What came of the rounds on one directory. */
interface Part extends Findings {
  readonly acknowledged: number;
  readonly failedWrites: number;
  readonly kills: number;
  readonly suspensions: number;
  readonly firstAnswerMs: readonly number[];
  readonly longestWaitMs: readonly number[];
}

/** The torture of one directory. */
class Torture {
  readonly #options: TortureOptions;
  readonly #random: Random;
  readonly #hosts: Hosts;
  readonly #clients: Clients;
  readonly #firstAnswerMs: number[] = [];
  readonly #longestWaitMs: number[] = [];
  #kills = 0;
  #suspensions = 0;

  /** @param options.rounds on this directory */
  constructor(options: TortureOptions, random: Random) {
    this.#options = options;
    this.#random = random;
    this.#hosts = new Hosts(options.dataDir);
    this.#clients = new Clients({ ...options, callersEach: CALLERS_EACH });
  }

  /** @param onRound called with the rounds that are done and the writes acknowledged on this directory */
  async run(onRound: (round: number, acknowledged: number) => void): Promise<Part> {
    const { rounds, clients, killRate, dataDir } = this.#options;
    const writesPerRound = 1_000 / killRate;
    this.#hosts.startAll();
    try {
      await this.#prefill();
      for (let index = 0; index < clients; index += 1) this.#clients.start();
      for (let round = 1; round <= rounds; round += 1) {
        await this.#acknowledged(Math.ceil(writesPerRound * (0.5 + this.#random.next())));
        await setTimeout(this.#random.next() * JITTER_MS);
        await this.#strike(this.#random.pick(this.#options.faults));
        onRound(round, this.#clients.acknowledged.size);
      }
      await this.#acknowledged(Math.ceil(writesPerRound));
    } finally {
      await this.#clients.killAll();
      await this.#hosts.stopAll();
    }
    const { acknowledged, sent, failed } = this.#clients;
    return {
      acknowledged: acknowledged.size,
      failedWrites: failed,
      kills: this.#kills,
      suspensions: this.#suspensions,
      firstAnswerMs: this.#firstAnswerMs,
      longestWaitMs: this.#longestWaitMs,
      ...(await check(dataDir, acknowledged, sent)),
    };
  }

  /** The owner's own speed: many at once, and their answers count like all others. */
  async #prefill(): Promise<void> {
    const { dataDir, prefill } = this.#options;
    const client = new WriteServiceClient({ dataDir, source: 'api', use: 'require', whenNoOwner: () => null });
    let next = 0;
    const callers = Array.from({ length: PREFILL_CALLERS }, async () => {
      while (next < prefill) {
        const key = `prefill.${next}`;
        next += 1;
        this.#clients.sent.add(key);
        const content = textFor(key, this.#random);
        const answer = await client.addMemory({ content, tags: ['prefill'], idempotency_key: key });
        this.#clients.acknowledged.set(key, asAdded(answer));
      }
    });
    await Promise.all(callers);
    client.close();
  }

  async #strike(fault: Fault): Promise<void> {
    switch (fault) {
      case 'kill-owner':
        return this.#killOwner();
      case 'kill-host': {
        this.#kills += 1;
        return this.#hosts.start(await this.#hosts.kill(this.#random.pick(this.#hosts.pids)));
      }
      case 'kill-client':
        this.#kills += 1;
        await this.#clients.kill(this.#random.integer(1000));
        return this.#clients.start();
      case 'kill-checkpoint':
        await this.#until((name) => name === 'memory.db.new');
        return this.#killOwner();
      case 'kill-takeover': {
        const pid = this.#hosts.ownerPid;
        if (pid === null) return;
        const taken = this.#until((name) => name === 'worker.lock');
        this.#kills += 1;
        const kind = await this.#hosts.kill(pid);
        await taken;
        await this.#killOwner();
        return this.#hosts.start(kind);
      }
      case 'suspend':
        return this.#suspendOwner();
    }
  }

  /** The others take over; only then another host comes in its place. */
  async #killOwner(): Promise<void> {
    const pid = this.#hosts.ownerPid;
    if (pid === null) return;
    this.#kills += 1;
    const dying = this.#hosts.kill(pid);
    const { firstMs, longestMs } = await this.#orStalled(this.#clients.waitsSince(Date.now()));
    this.#firstAnswerMs.push(firstMs);
    this.#longestWaitMs.push(...longestMs);
    const kind = await dying;
    this.#hosts.start(kind);
  }

  async #suspendOwner(): Promise<void> {
    const pid = this.#hosts.ownerPid;
    if (pid === null) return;
    this.#suspensions += 1;
    this.#hosts.signal(pid, 'SIGSTOP');
    await setTimeout(SUSPEND_MS);
    this.#hosts.signal(pid, 'SIGCONT');
  }

  /** Resolves when a file of the memory folder whose name fits is touched, or when that takes too long. */
  async #until(fits: (name: string | null) => boolean): Promise<void> {
    const giveUp = new AbortController();
    const watcher = watch(join(this.#options.dataDir, 'data'), { signal: giveUp.signal });
    const touched = new Promise<void>((resolve) => {
      watcher.on('change', (_, name) => {
        if (fits(name === null ? null : String(name))) resolve();
      });
    });
    const tooLong = setTimeout(INSTANT_TIMEOUT_MS, undefined, { signal: giveUp.signal }).catch(() => undefined);
    await Promise.race([touched, tooLong]);
    giveUp.abort();
  }

  async #acknowledged(count: number): Promise<void> {
    await this.#orStalled(this.#clients.moreAcknowledged(count));
  }

  async #orStalled<T>(work: Promise<T>): Promise<T> {
    const patience = new AbortController();
    const stalled = setTimeout(STALL_MS, undefined, { signal: patience.signal }).then(() => {
      throw new GreeumError('timeout', `No write was answered for ${STALL_MS / 1000} s (seed ${this.#options.seed}).`);
    });
    stalled.catch(() => undefined);
    try {
      return await Promise.race([work, stalled]);
    } finally {
      patience.abort();
    }
  }
}

function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { median: at(0.5), p90: at(0.9), p99: at(0.99), worst: at(1) };
}

/** What the bundle exports. */
export interface TortureModule {
  readonly runTorture: (options: TortureOptions) => Promise<TortureReport>;
}

/** @throws GreeumError `invalid_argument` when the directory is not empty, `timeout` when nothing is acknowledged any more */
export async function runTorture(options: TortureOptions): Promise<TortureReport> {
  if (existsSync(options.dataDir) && readdirSync(options.dataDir).length > 0) {
    throw new GreeumError('invalid_argument', `${options.dataDir} is not empty.`, {
      hint: 'The torture fills its directory with its own memories; give it an empty one.',
    });
  }
  const { dataDir, rounds } = options;
  const random = new Random(options.seed);
  const parts: Part[] = [];
  let acknowledgedBefore = 0;
  for (let done = 0; done < rounds; done += ROUNDS_A_DIRECTORY) {
    const folder = join(dataDir, String(parts.length + 1));
    mkdirSync(join(folder, 'data'), { recursive: true, mode: 0o700 });
    const ofPart = { ...options, dataDir: folder, rounds: Math.min(ROUNDS_A_DIRECTORY, rounds - done) };
    const part = await new Torture(ofPart, random).run((round, acknowledged) => {
      if (round % 10 > 0) return;
      options.onProgress(`round ${done + round} of ${rounds}: ${acknowledgedBefore + acknowledged} acknowledged`);
    });
    parts.push(part);
    acknowledgedBefore += part.acknowledged;
    if (!isWhole(part)) break;
  }
  return together(options, parts);
}

function together({ seed, rounds }: TortureOptions, parts: readonly Part[]): TortureReport {
  const sum = (count: (part: Part) => number): number => parts.reduce((total, part) => total + count(part), 0);
  const firstAnswerMs = parts.flatMap((part) => part.firstAnswerMs);
  return {
    seed,
    rounds,
    acknowledged: sum((part) => part.acknowledged),
    found: sum((part) => part.found),
    doubled: sum((part) => part.doubled),
    missing: sum((part) => part.missing),
    half: sum((part) => part.half),
    changedAnswers: sum((part) => part.changedAnswers),
    unheard: sum((part) => part.unheard),
    failedWrites: sum((part) => part.failedWrites),
    kills: sum((part) => part.kills),
    suspensions: sum((part) => part.suspensions),
    epochs: sum((part) => part.epochs),
    takeovers: firstAnswerMs.length,
    firstAnswerMs: spread(firstAnswerMs),
    longestWaitMs: spread(parts.flatMap((part) => part.longestWaitMs)),
    problems: parts.flatMap((part, index) => part.problems.map((problem) => `directory ${index + 1}: ${problem}`)),
  };
}
