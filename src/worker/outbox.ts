/**
 * Memories that were accepted while the database of their team was away. They are rows of `greeum_state` of this
 * machine alone, durable by its journal like any write, until the log has them. Each has an idempotency key, so
 * whatever is delivered twice is there once.
 */

import type { RowWrite } from '../protocol/change.js';
import type { AddMemoryCommand } from '../protocol/commands.js';
import { commitChange, type CommitStore, type Outcome } from './commit.js';

/** What an outbox needs of a store. */
export interface OutboxStore extends Pick<CommitStore, 'write' | 'transaction' | 'appendToJournal'> {
  /** Those whose key begins like this, in the order of their keys. */
  stateRows(prefix: string): { readonly key: string; readonly value: string }[];
}

const WAITING = 'outbox:';
/** What the rules refused when it was delivered is kept, so that a person can decide. */
const REFUSED = 'outbox-refused:';
const DIGITS = 15;

interface Waiting {
  readonly row: string;
  readonly command: AddMemoryCommand;
}

export class Outbox {
  readonly #store: OutboxStore;
  readonly #nowMs: () => number;
  /** By idempotency key, in the order of their acceptance. */
  readonly #waiting = new Map<string, Waiting>();
  #refused: number;
  #last: number;

  constructor(store: OutboxStore, nowMs: () => number) {
    this.#store = store;
    this.#nowMs = nowMs;
    for (const { key, value } of store.stateRows(WAITING)) this.#keep(key, commandOf(value));
    const refused = store.stateRows(REFUSED);
    this.#refused = refused.length;
    this.#last = Math.max(
      0,
      ...[...this.#waiting.values()].map(({ row }) => numberOf(row)),
      ...refused.map(({ key }) => numberOf(key)),
    );
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Memories that the rules refused at their delivery. */
  get refused(): number {
    return this.#refused;
  }

  find(idempotencyKey: string | null): AddMemoryCommand | null {
    return idempotencyKey === null ? null : (this.#waiting.get(idempotencyKey)?.command ?? null);
  }

  /** The oldest ones. */
  first(count: number): AddMemoryCommand[] {
    return [...this.#waiting.values()].slice(0, count).map(({ command }) => command);
  }

  /** Resolves nothing and loses nothing: it is on disk when this returns. @throws GreeumError `journal_write_failed` */
  add(commands: readonly AddMemoryCommand[]): void {
    const rows = commands.map((command, at) => ({ row: rowKey(WAITING, this.#last + 1 + at), command }));
    this.#commit(rows.map(({ row, command }): RowWrite => ['put', 'greeum_state', [row, textOf(command)]]));
    this.#last += commands.length;
    for (const { row, command } of rows) this.#keep(row, command);
  }

  /** The log has them, or the rules refused them. @throws GreeumError `journal_write_failed`; they are delivered again then */
  settle(commands: readonly AddMemoryCommand[], outcomes: readonly Outcome[]): void {
    const rows: RowWrite[] = [];
    let refused = 0;
    for (const [at, { idempotencyKey }] of commands.entries()) {
      const waiting = this.#waiting.get(idempotencyKey ?? '');
      const outcome = outcomes[at];
      if (waiting === undefined || outcome === undefined) continue;
      rows.push(['delete', 'greeum_state', waiting.row]);
      if (!('error' in outcome)) continue;
      const kept = JSON.stringify({ code: outcome.error.code, command: textOf(waiting.command) });
      rows.push(['put', 'greeum_state', [rowKey(REFUSED, numberOf(waiting.row)), kept]]);
      refused += 1;
    }
    this.#commit(rows);
    this.#refused += refused;
    for (const { idempotencyKey } of commands) this.#waiting.delete(idempotencyKey ?? '');
  }

  #keep(row: string, command: AddMemoryCommand): void {
    this.#waiting.set(command.idempotencyKey ?? '', { row, command });
  }

  #commit(rows: readonly RowWrite[]): void {
    if (rows.length > 0) commitChange(this.#store, { rows }, this.#nowMs());
  }
}

function rowKey(prefix: string, number: number): string {
  return prefix + String(number).padStart(DIGITS, '0');
}

function numberOf(row: string): number {
  return Number(row.slice(-DIGITS));
}

function textOf(command: AddMemoryCommand): string {
  return JSON.stringify({ ...command, words: [...command.words] });
}

function commandOf(text: string): AddMemoryCommand {
  const { words, ...command } = JSON.parse(text) as Omit<AddMemoryCommand, 'words'> & { words: string[] };
  return { ...command, words: new Set(words) };
}
