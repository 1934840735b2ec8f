/** A team's database in memory: one log that several machines follow, each on a way of its own that can be cut. */

import { GreeumError, type WriteOutcome } from '../../src/protocol/errors.js';
import type { Change, RowWrite } from '../../src/protocol/change.js';
import { sharedPart, type LogEntry, type LogHead, type TeamLog } from '../../src/protocol/teamLog.js';

const PLACE = 'database.example:5432/team (greeum)';
/** As PostgreSQL's: who lacks more under the lock is told to fetch it before. */
const MISSED_UNDER_LOCK = 1_000;

export class FakeTeamDatabase {
  /** Another one than before: the database of another team stands at this place. */
  memoryId: string;
  /** Whether it tells who listens; where not, others see the news when they ask. */
  tellsNews = true;
  /** As JSON, as the engine keeps them: nobody can change what was appended. */
  #entries: { readonly seq: number; readonly change: string }[] = [];
  #seq = 0;
  #locked: Promise<unknown> = Promise.resolve();
  readonly #listeners = new Set<(seq: number) => void>();

  constructor(memoryId: string) {
    this.memoryId = memoryId;
  }

  get head(): LogHead {
    return { memoryId: this.memoryId, seq: this.#seq };
  }

  after(seq: number, limit: number): LogEntry[] {
    return this.#entries
      .filter((entry) => entry.seq > seq)
      .slice(0, limit)
      .map(({ seq: own, change }) => ({ seq: own, rows: JSON.parse(change) as RowWrite[] }));
  }

  /** Nobody else is inside before this has settled. */
  locked<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#locked.then(work);
    this.#locked = mine.catch(() => undefined);
    return mine;
  }

  commit(changes: readonly Change[]): void {
    for (const { rows } of changes) {
      this.#seq += 1;
      this.#entries.push({ seq: this.#seq, change: JSON.stringify(rows) });
    }
    if (this.tellsNews && changes.length > 0) for (const hear of this.#listeners) hear(this.#seq);
  }

  listen(hear: (seq: number) => void): () => void {
    this.#listeners.add(hear);
    return () => this.#listeners.delete(hear);
  }

  /** A backup from when the log ended here. */
  restore(seq: number): void {
    this.#seq = seq;
    this.#entries = this.#entries.filter((entry) => entry.seq <= seq);
  }

  /** One entry is gone, and the head does not know. */
  loseEntry(seq: number): void {
    this.#entries = this.#entries.filter((entry) => entry.seq !== seq);
  }
}

export type LogCall = 'connect' | 'after' | 'append' | 'listen';

/** What goes wrong with a commit: it does not come to pass, or it does and nobody hears of it. */
export type CommitFault = 'not committed' | 'answer lost';

/** The way of one machine to the database. */
export class FakeTeamLog implements TeamLog {
  readonly place = PLACE;
  readonly calls: LogCall[] = [];
  /** Every call fails with it, as with a network that is gone. */
  isCut = false;
  /** Of the commits to come, in order; null: that one goes well. */
  commitFaults: (CommitFault | null)[] = [];
  /** Awaited when the database has answered, before the machine hears of it. */
  onAnswer: (call: LogCall) => Promise<void> = () => Promise.resolve();
  readonly #database: FakeTeamDatabase;
  #unlisten: () => void = () => undefined;

  constructor(database: FakeTeamDatabase) {
    this.#database = database;
  }

  connect(): Promise<LogHead> {
    return this.#answered('connect', () => this.#database.head);
  }

  after(seq: number, limit: number): Promise<LogEntry[]> {
    return this.#answered('after', () => this.#database.after(seq, limit));
  }

  async append(
    after: () => number,
    plan: (missed: readonly LogEntry[], head: LogHead) => readonly Change[],
  ): Promise<number> {
    this.#call('append');
    const first = await this.#database.locked(async () => {
      this.#requireWay();
      const { head } = this.#database;
      const known = after();
      // What is missed takes a while to come, in which the machine may fetch it on its other way.
      const missed = await Promise.resolve(this.#database.after(known, MISSED_UNDER_LOCK));
      if ((missed.at(-1)?.seq ?? known) < head.seq) throw unreachable('not_written');
      this.#commit(plan(missed, head).map(sharedPart));
      return head.seq + 1;
    });
    await this.onAnswer('append');
    return first;
  }

  async listen(onNews: (seq: number | null) => void): Promise<void> {
    await this.#answered('listen', () => {
      this.#unlisten = this.#database.listen((seq) => {
        if (!this.isCut) onNews(seq);
      });
    });
  }

  close(): Promise<void> {
    this.#unlisten();
    this.isCut = true;
    return Promise.resolve();
  }

  #commit(changes: readonly Change[]): void {
    const fault = changes.length === 0 ? null : this.commitFaults.shift();
    if (fault === 'not committed') throw unreachable('not_written');
    this.#database.commit(changes);
    if (fault === 'answer lost') throw unreachable('unknown');
  }

  async #answered<T>(call: LogCall, answer: () => T): Promise<T> {
    this.#call(call);
    const answered = answer();
    await this.onAnswer(call);
    return answered;
  }

  #call(call: LogCall): void {
    this.calls.push(call);
    this.#requireWay();
  }

  #requireWay(): void {
    if (this.isCut) throw unreachable('not_written');
  }
}

function unreachable(outcome: WriteOutcome): GreeumError {
  return new GreeumError('storage_unreachable', `The database at ${PLACE} cannot be reached (ECONNREFUSED).`, {
    outcome,
    retry: 'same-key',
  });
}
