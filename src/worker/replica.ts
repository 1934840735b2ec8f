/**
 * The data directory of one machine as a copy of a team's memory. The truth is the log in the team's database; the
 * store here holds the changes of the log up to one entry, and answers every question from them. A batch of writes:
 *
 *  1. The head of the log is locked: nobody else appends now.
 *  2. What the store lacks is written into it, as if it had been decided here.
 *  3. The rules decide on the store as it is then, which is undone again.
 *  4. What they decided is appended to the log, and durable with it. Only then it is written into the store.
 *
 * Promise: the store never holds what the log does not, so a copy can be thrown away at any time. A batch whose end is
 * not known is tried again with the same keys, which gives the answers of the first try if that came to pass.
 */

import type { Change } from '../protocol/change.js';
import { keyConflict } from '../memory/onceOnly.js';
import type { AddMemoryCommand, Command } from '../protocol/commands.js';
import { GreeumError } from '../protocol/errors.js';
import type { JsonValue } from '../protocol/json.js';
import type { QueuedMemory, StorageStatus } from '../protocol/operations.js';
import { sharedPart, type LogEntry, type LogHead, type TeamLog, type WhenUnreachable } from '../protocol/teamLog.js';
import { carryOut, changesOf, type Commit, type Committed, type CommitStore, type Outcome } from './commit.js';
import { differs, gap, mismatchOf, newestOf, positionOf, stateRow, type Block, type Position } from './position.js';
import { Outbox, type OutboxStore } from './outbox.js';
import { Samples } from './samples.js';

/** What following a log needs of a store. */
export interface ReplicaStore extends CommitStore, OutboxStore {
  readonly blockCount: number;
  readonly teamState: string | null;
  readonly newestBlock: Block | null;
  /** What `work` wrote is undone in any case. */
  undone<T>(work: () => T): T;
  /** As `write`, where nothing is decided on it before it is undone: what is remembered stays as it was. */
  tryOut(change: Change): void;
}

export interface ReplicaPorts {
  nowMs(): number;
  monotonicMs(): number;
  randomUuid(): string;
  /** 0 to 1. */
  random(): number;
  sleep(ms: number): Promise<void>;
  /** Calls `work` again and again; keeps no process alive. */
  every(ms: number, work: () => void): { close(): void };
}

export interface ReplicaEvents {
  /** Entries of others are in the store. */
  onEntries(): void;
  /** Something of `status` is new. */
  onChange(): void;
  /** The store lacks what it said it had written, and must be opened anew. */
  onFatal(error: GreeumError): void;
}

/** Of a batch, while the database was reachable a moment ago; then one is enough to see that it is not. */
const TRIES = 7;
const FIRST_PAUSE_MS = 30;
const LONGEST_PAUSE_MS = 2_000;
/** What others wrote is told by the engine; where it is not told, it is seen so soon. */
const POLL_MS = 3_000;
const PAGE = 500;
const DELIVERED_TOGETHER = 64;

export class Replica {
  readonly #store: ReplicaStore;
  readonly #log: TeamLog;
  readonly #ports: ReplicaPorts;
  readonly #events: ReplicaEvents;
  readonly #roundTripMs = new Samples();
  readonly #outbox: Outbox;
  readonly #whenUnreachable: WhenUnreachable;
  #position: Position | null;
  #error: GreeumError | null = null;
  #isConnected = false;
  #isListening = false;
  #isClosed = false;
  #poll: { close(): void } | null = null;
  /** Under way; null: nothing is fetched. */
  #fetching: Promise<void> | null = null;
  /** Told of while it was fetched, so perhaps not in what came. */
  #hasNews = false;
  /** Last entry of a batch of this machine that is being committed: it is no news, though it may be told of before. */
  #committing = 0;
  /** Set when the store lacks what its journal has: written on, both would contradict each other. */
  #lost: GreeumError | null = null;

  constructor(
    store: ReplicaStore,
    log: TeamLog,
    ports: ReplicaPorts,
    events: ReplicaEvents,
    whenUnreachable: WhenUnreachable = 'refuse',
  ) {
    this.#store = store;
    this.#log = log;
    this.#ports = ports;
    this.#events = events;
    this.#whenUnreachable = whenUnreachable;
    this.#outbox = new Outbox(store, () => ports.nowMs());
    this.#position = positionOf(store.teamState);
  }

  get status(): StorageStatus {
    return {
      kind: 'team',
      place: this.#log.place,
      state: this.#isConnected ? 'connected' : this.#error === null ? 'connecting' : 'unavailable',
      reason: this.#error?.message ?? null,
      seq: this.#seq,
      waiting: this.#outbox.size,
      refused: this.#outbox.refused,
      round_trip_ms: this.#roundTripMs.percentiles(),
    };
  }

  /** Why the store may lack what the log has; null: it did not a moment ago. */
  get error(): GreeumError | null {
    return this.#error;
  }

  /** Resolves when the store has what the log has, or when it is known why it cannot. */
  async start(): Promise<void> {
    this.#poll = this.#ports.every(POLL_MS, () => void this.#follow());
    await this.#follow();
  }

  readonly commit: Commit = (commands) => this.#commit(commands.map((command) => this.#withKey(command)));

  /** What is under way is not tried again. */
  endTries(): void {
    this.#isClosed = true;
    this.#poll?.close();
  }

  /** Whoever waits for the database then waits no more. */
  async close(): Promise<void> {
    this.endTries();
    await this.#log.close();
    await this.#fetching;
  }

  get #seq(): number {
    return this.#position?.seq ?? 0;
  }

  async #commit(commands: readonly Command[]): Promise<Committed> {
    const known = this.#isKnownToBeAway();
    if (known !== null) return this.#withoutDatabase(commands, known);
    let inDoubt: GreeumError | null = null;
    const wasThere = this.#isConnected;
    for (let tries = 1; ; tries += 1) {
      try {
        if (!this.#isConnected) await this.#catchUp();
        // What was accepted earlier comes first.
        await this.#deliver();
        return await this.#append(commands);
      } catch (thrown) {
        const error = GreeumError.from(thrown);
        if (error.outcome === 'unknown') inDoubt = error;
        this.#failed(error);
        const mayPass = error.code === 'storage_unreachable' && (wasThere || inDoubt !== null);
        if (!mayPass || tries >= TRIES || this.#isClosed) return this.#withoutDatabase(commands, inDoubt ?? error);
        await this.#pause(tries);
      }
    }
  }

  /** It was, and is being asked again. Who may queue does not wait for the same answer once more. */
  #isKnownToBeAway(): GreeumError | null {
    const isAsked = !this.#isConnected && this.#fetching !== null;
    return isAsked && this.#whenUnreachable === 'queue' && this.#error !== null ? notWritten(this.#error) : null;
  }

  /** New memories wait on this machine, where that was chosen; everything else is refused. */
  #withoutDatabase(commands: readonly Command[], error: GreeumError): Committed {
    if (this.#whenUnreachable === 'refuse' || error.code !== 'storage_unreachable') return { outcomes: [], error };
    try {
      const known = new Map(commands.map((command) => [command, this.#known(command)]));
      const isNew = (command: Command): command is AddMemoryCommand =>
        command.kind === 'add_memory' &&
        (known.get(command) ?? null) === null &&
        this.#outbox.find(command.idempotencyKey) === null;
      this.#outbox.add(firstOfEachKey(commands.filter(isNew)));
      this.#events.onChange();
      return { outcomes: commands.map((command) => known.get(command) ?? this.#queued(command, error)) };
    } catch (thrown) {
      // What may be in the log is in doubt, whatever the disk here says.
      return { outcomes: [], error: error.outcome === 'unknown' ? error : GreeumError.from(thrown) };
    }
  }

  /** What the copy answers to a key of a memory that it has; null: it has none. */
  #known(command: Command): Outcome | null {
    if (command.kind !== 'add_memory') return null;
    const { request } = this.#store.gather(command);
    return request === null ? null : this.#store.undone(() => carryOut(this.#store, command));
  }

  #queued(command: Command, error: GreeumError): Outcome {
    const waiting = this.#outbox.find(command.idempotencyKey);
    if (command.kind !== 'add_memory' || waiting === null) return { error };
    if (waiting.payloadHash !== command.payloadHash) return { error: keyConflict() };
    const left = command.leftOut.length === 0 ? {} : { left_out: [...command.leftOut] };
    const answer = { status: 'queued', waiting: this.#outbox.size, ...left } satisfies QueuedMemory;
    return { answer: answer as unknown as JsonValue, change: null };
  }

  /** In the order of their acceptance. Whoever delivers at the same time writes nothing twice: each has its key. */
  async #deliver(): Promise<void> {
    for (;;) {
      const batch = this.#outbox.first(DELIVERED_TOGETHER);
      if (batch.length === 0) return;
      // Where its end is not known it is delivered again, and nobody else is in doubt by that.
      const { outcomes } = await this.#append(batch).catch((error: unknown) => {
        throw notWritten(GreeumError.from(error));
      });
      this.#outbox.settle(batch, outcomes);
      this.#events.onEntries();
    }
  }

  async #append(commands: readonly Command[]): Promise<Committed> {
    let outcomes: Outcome[] = [];
    let changes: Change[] = [];
    const startMs = this.#ports.monotonicMs();
    const plan = (missed: readonly LogEntry[], head: LogHead): readonly Change[] => {
      this.#assertOurs(head, this.#seq);
      this.#write(missed);
      outcomes = this.#decide(commands);
      changes = changesOf(outcomes).map(sharedPart);
      this.#committing = head.seq + changes.length;
      return changes;
    };
    const first = await this.#log.append(() => this.#seq, plan).finally(() => (this.#committing = 0));
    this.#roundTripMs.add(this.#ports.monotonicMs() - startMs);
    this.#succeeded();
    try {
      this.#write(changes.map(({ rows }, at) => ({ seq: first + at, rows })));
    } catch (error) {
      // It is durable where it counts, and the answers hold; this copy fetches it when its disk takes it.
      this.#failed(GreeumError.from(error));
    }
    return { outcomes };
  }

  /** Each on what those before it lead to; on the last nothing is, so of a single one nothing is to be read again. */
  #decide(commands: readonly Command[]): Outcome[] {
    const tryOut = (change: Change): void => this.#store.tryOut(change);
    return this.#store.undone(() =>
      commands.map((command, at) =>
        at + 1 < commands.length ? carryOut(this.#store, command) : carryOut(this.#store, command, tryOut),
      ),
    );
  }

  /** Fetches what there is, also while the head of the log is waited for: then less is missing once it is locked. */
  #follow(): Promise<void> {
    this.#fetching ??= this.#tryToCatchUp().finally(() => (this.#fetching = null));
    return this.#fetching;
  }

  async #tryToCatchUp(): Promise<void> {
    try {
      do {
        if (this.#isClosed) return;
        this.#hasNews = false;
        await this.#catchUp();
        await this.#deliver();
      } while (this.#hasNews);
    } catch (error) {
      this.#failed(GreeumError.from(error));
    }
  }

  #hear(seq: number | null): void {
    if (seq !== null && seq <= Math.max(this.#seq, this.#committing)) return;
    this.#hasNews = true;
    void this.#follow();
  }

  /** @throws GreeumError */
  async #catchUp(): Promise<void> {
    if (!this.#isConnected || this.#position === null) {
      // By the time it comes, another try may have brought entries that are newer than this head.
      const known = this.#seq;
      const head = await this.#log.connect();
      this.#assertOurs(head, known);
      this.#position ??= { memory: head.memoryId, seq: 0, block: null };
    }
    const before = this.#seq;
    for (;;) {
      const page = await this.#log.after(this.#seq, PAGE);
      this.#write(page);
      if (page.length < PAGE) break;
    }
    if (!this.#isListening) {
      await this.#log.listen((seq) => this.#hear(seq));
      this.#isListening = true;
    }
    this.#succeeded();
    if (this.#seq > before) this.#events.onEntries();
  }

  /** Those that are here already are left out. @throws GreeumError `storage_mismatch`, `journal_write_failed` */
  #write(fetched: readonly LogEntry[]): void {
    if (this.#lost !== null) throw this.#lost;
    const entries = fetched.filter(({ seq }) => seq > this.#seq);
    if (entries.length === 0) return;
    if (this.#position === null) throw new Error('Entries came before it was known whose they are.');
    let position = this.#position;
    let isJournalled = false;
    try {
      this.#store.transaction(
        () =>
          entries.map((entry) => {
            if (entry.seq !== position.seq + 1) throw gap();
            position = { ...position, seq: entry.seq, block: newestOf(entry) ?? position.block };
            const change = { rows: [...entry.rows, stateRow(position)] };
            this.#store.write(change);
            return change;
          }),
        (changes) => {
          this.#store.appendToJournal(changes, this.#ports.nowMs());
          isJournalled = true;
        },
      );
    } catch (thrown) {
      const error = thrown instanceof GreeumError ? notWritten(thrown) : differs(thrown);
      if (isJournalled) {
        this.#lost = error;
        this.#events.onFatal(error);
      }
      throw error;
    }
    this.#position = position;
  }

  /** @param known the last entry that was here when the head was asked for. @throws GreeumError `storage_mismatch` */
  #assertOurs(head: LogHead, known: number): void {
    const { blockCount, newestBlock } = this.#store;
    const mismatch = mismatchOf({ position: this.#position, blockCount, newestBlock }, head, known);
    if (mismatch !== null) throw mismatch;
  }

  /** So that a batch may be tried again whatever became of it. */
  #withKey(command: Command): Command {
    return command.idempotencyKey === null
      ? { ...command, idempotencyKey: `greeum:${this.#ports.randomUuid()}` }
      : command;
  }

  #failed(error: GreeumError): void {
    this.#error = error;
    this.#isConnected = false;
    this.#events.onChange();
  }

  #succeeded(): void {
    const wasConnected = this.#isConnected && this.#error === null;
    this.#isConnected = true;
    this.#error = null;
    if (!wasConnected) this.#events.onChange();
  }

  /** With jitter, so that those who failed together do not try together. */
  #pause(tries: number): Promise<void> {
    const most = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries);
    return this.#ports.sleep(most * (0.5 + this.#ports.random() / 2));
  }
}

function firstOfEachKey(commands: readonly AddMemoryCommand[]): AddMemoryCommand[] {
  const byKey = new Map<string | null, AddMemoryCommand>();
  for (const command of commands) {
    if (!byKey.has(command.idempotencyKey)) byKey.set(command.idempotencyKey, command);
  }
  return [...byKey.values()];
}

/**
 * Of what is not the caller's write. The disk refused what the log has, or a delivery has no known end: whatever came
 * of it, nobody's write is in doubt by that.
 */
function notWritten(error: GreeumError): GreeumError {
  return error.outcome === 'not_written' ? error : GreeumError.fromJSON({ ...error.toJSON(), outcome: 'not_written' });
}
