/**
 * How a batch of commands becomes durable. The embedded store: one transaction with a savepoint for each command, one
 * append to the journal and one wait for the disk. A team's memory: see `replica.ts`.
 */

import { decide } from '../memory/decide.js';
import type { Change } from '../protocol/change.js';
import type { Command } from '../protocol/commands.js';
import { GreeumError } from '../protocol/errors.js';
import type { Facts } from '../protocol/facts.js';
import type { JsonValue } from '../protocol/json.js';
import { endsTransaction } from '../storage/image.js';

export type Outcome = { readonly answer: JsonValue; readonly change: Change | null } | { readonly error: GreeumError };

export interface Committed {
  /** One for each command, in order; fewer when the batch failed. */
  readonly outcomes: readonly Outcome[];
  /** The batch as a whole is not durable, or nobody can say whether it is. */
  readonly error?: GreeumError;
  /** The image no longer agrees with what is on disk: nothing may be answered from it any more. */
  readonly isLost?: boolean;
}

/** Never throws and never rejects. At most one runs at a time. */
export type Commit = (commands: readonly Command[]) => Committed | Promise<Committed>;

/** What committing needs of a store. */
export interface CommitStore {
  gather(command: Command): Facts;
  write(change: Change): void;
  savepoint<T>(work: () => T): T;
  transaction<T>(work: () => T, journalled: (result: T) => void): T;
  appendToJournal(changes: readonly Change[], nowMs: number): void;
}

export function embeddedCommit(store: CommitStore, nowMs: () => number): Commit {
  return (commands) => {
    const outcomes: Outcome[] = [];
    let isJournalled = false;
    try {
      store.transaction(
        () => {
          for (const command of commands) outcomes.push(carryOut(store, command));
          return changesOf(outcomes);
        },
        (changes) => {
          store.appendToJournal(changes, nowMs());
          isJournalled = true;
        },
      );
      return { outcomes };
    } catch (error) {
      return isJournalled
        ? { outcomes, error: imageLost(error), isLost: true }
        : { outcomes, error: GreeumError.from(error) };
    }
  };
}

/** One change that no rule decided. Durable when it returns. @throws GreeumError `journal_write_failed` */
export function commitChange(
  store: Pick<CommitStore, 'write' | 'transaction' | 'appendToJournal'>,
  change: Change,
  nowMs: number,
): void {
  store.transaction(
    () => store.write(change),
    () => store.appendToJournal([change], nowMs),
  );
}

/**
 * Decides on the facts of now, and writes what that leads to into the image; of one that fails nothing stays.
 * @throws GreeumError what ended the whole transaction
 */
export function carryOut(
  store: Pick<CommitStore, 'gather' | 'write' | 'savepoint'>,
  command: Command,
  write = (change: Change): void => store.write(change),
): Outcome {
  try {
    return store.savepoint(() => {
      const { answer, change } = decide(command, store.gather(command));
      if (change !== null) write(change);
      return { answer, change };
    });
  } catch (error) {
    // With it went what the commands before it wrote.
    if (endsTransaction(error)) throw error;
    return { error: GreeumError.from(error) };
  }
}

export function changesOf(outcomes: readonly Outcome[]): Change[] {
  return outcomes.flatMap((outcome) => ('change' in outcome && outcome.change !== null ? [outcome.change] : []));
}

/** Behind the journal nothing should be able to fail; if it does, the frames are on disk and the image lacks them. */
function imageLost(cause: unknown): GreeumError {
  return new GreeumError('internal', 'The write is on disk, but the worker could not go on after it and restarts.', {
    outcome: 'written',
    retry: 'same-key',
    hint: 'Ask again with the same idempotency key for its answer.',
    cause,
  });
}
