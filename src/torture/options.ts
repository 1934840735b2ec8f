/** What a run of the torture is asked to do. */

export const FAULTS = [
  'kill-owner',
  'kill-host',
  'kill-client',
  'kill-checkpoint',
  'kill-takeover',
  'suspend',
] as const;
/**
 * `kill-owner`: the owner, at random. `kill-host`: a process that waits to become owner. `kill-client`: a process that
 * adds memories. `kill-checkpoint`: the owner, as soon as a new `memory.db` is being written. `kill-takeover`: the
 * next owner as well, as soon as it has the lock. `suspend`: the owner stands still for a while, then goes on.
 */
export type Fault = (typeof FAULTS)[number];

export interface TortureOptions {
  /** Absolute; must not exist or be empty. A memory for every hundred rounds is made in it. */
  readonly dataDir: string;
  /** One fault each. */
  readonly rounds: number;
  /** Processes that add memories. */
  readonly clients: number;
  /** Faults for every 1 000 acknowledged writes; from half to one and a half of the writes come between two of them. */
  readonly killRate: number;
  /** Memories added before the first fault; a larger directory takes longer to take over. */
  readonly prefill: number;
  readonly seed: number;
  readonly faults: readonly Fault[];
  /** One client in four writes by itself while there is no owner; true: all of them wait for one. */
  readonly allWait: boolean;
  /** Called from time to time with a line for people. */
  onProgress(line: string): void;
}

/** What is in the files, held against what was acknowledged. */
export interface Findings {
  readonly found: number;
  readonly doubled: number;
  readonly missing: number;
  /** Blocks that lack a row their command writes, or that no key answers for. */
  readonly half: number;
  /** Keys whose answer after the run differs from the one that was given. */
  readonly changedAnswers: number;
  /** In the file, never acknowledged: their client died before it could hear the answer. */
  readonly unheard: number;
  readonly epochs: number;
  /** What `verify` and SQLite's own check say. */
  readonly problems: readonly string[];
}

export interface TortureReport extends Findings {
  readonly seed: number;
  readonly rounds: number;
  readonly acknowledged: number;
  readonly failedWrites: number;
  readonly kills: number;
  readonly suspensions: number;
  readonly takeovers: number;
  /** From the death of an owner until anybody hears the answer to a write that was sent after it. */
  readonly firstAnswerMs: Spread;
  /** By death and caller: the longest wait for one answer, until it hears one to a write that it sent after it. */
  readonly longestWaitMs: Spread;
}

/** Milliseconds. */
export interface Spread {
  readonly median: number;
  readonly p90: number;
  readonly p99: number;
  readonly worst: number;
}

/** Whether every promise held. */
export function isWhole({ doubled, missing, half, changedAnswers, problems }: Findings): boolean {
  return doubled + missing + half + changedAnswers + problems.length === 0;
}
