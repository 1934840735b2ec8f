/** Putting changes that were acknowledged onto a chain that somebody else has continued meanwhile. */

import { TABLE_COLUMNS, type Change } from './change.js';

const PREV_HASH = TABLE_COLUMNS.blocks.indexOf('prev_hash');

/** The block that the next one continues. */
export interface ChainHead {
  readonly blockIndex: number;
  readonly hash: string;
}

/** A block that has another place in the chain than the one it was acknowledged with. */
export interface MovedBlock {
  readonly from: ChainHead;
  readonly to: ChainHead;
}

export interface Rebased {
  /** As many as were given, in the same order. */
  readonly changes: readonly Change[];
  readonly moved: readonly MovedBlock[];
}

/** @param head null: the chain is empty */
export type Rebase = (changes: readonly Change[], head: ChainHead | null) => Rebased;

/**
 * Whether the first block that the changes add is the one that comes after `head`. Changes that add none fit any chain.
 * @param head null: the chain is empty
 */
export function continuesChain(changes: readonly Change[], head: ChainHead | null): boolean {
  for (const { rows } of changes) {
    for (const row of rows) {
      if (row[0] !== 'insert' || row[1] !== 'blocks') continue;
      return row[2][0] === (head?.blockIndex ?? -1) + 1 && row[2][PREV_HASH] === (head?.hash ?? '');
    }
  }
  return true;
}
