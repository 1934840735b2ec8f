/**
 * Which branch a memory continues: Greeum's deterministic rule (no model, no centroids), so that both programs grow
 * the same tree.
 */

import type { AddMemoryFacts, BlockFacts } from '../protocol/facts.js';
import { sharedCount } from './likeness.js';

/** `branch_similarity` as Greeum writes it: not measured, but which of the two cases it was. */
const NEW_BRANCH_SIMILARITY = 0.85;
const CONTINUED_BRANCH_SIMILARITY = 0.95;

/** Only this many of the blocks that are alike have a say. */
const MAX_CANDIDATES = 9;

export type RecentWords = Pick<AddMemoryFacts, 'recentBlocks' | 'sharedWords'>;

export interface BranchChoice {
  readonly root: string;
  readonly isNew: boolean;
  readonly parent: BlockFacts | null;
  /** 1 exactly when the parent is a slot's head, on another branch; Greeum's name for it is misleading. */
  readonly depth: 0 | 1;
  readonly similarity: number;
}

/**
 * Continues the branch whose blocks are together most alike, at its most alike block. When none is alike, or those
 * that are have no root (older files), a new branch begins at the head of the slot.
 * @param slotHead of the slot the memory goes to; null when the slot is empty
 */
export function chooseBranch(
  words: ReadonlySet<string>,
  recent: RecentWords,
  slotHead: BlockFacts | null,
  newRoot: string,
): BranchChoice {
  const best = bestGroup(candidates(words, recent));
  if (best !== null && best.root !== null && best.root !== '') {
    const { root, target } = best;
    return { root, isNew: false, parent: target, depth: 0, similarity: CONTINUED_BRANCH_SIMILARITY };
  }
  const depth = slotHead === null ? 0 : 1;
  return { root: newRoot, isNew: true, parent: slotHead, depth, similarity: NEW_BRANCH_SIMILARITY };
}

/**
 * The same for a memory that comes with its branch.
 * @param root undefined: that of the parent, else a new one
 */
export function describeBranch(
  root: string | null | undefined,
  parent: { readonly root: string | null } | null,
  newRoot: string,
): { root: string | null; depth: 0 | 1; similarity: number } {
  const own = root === undefined ? (parent?.root ?? newRoot) : root;
  const isContinued = parent !== null && parent.root === own;
  const depth = parent === null || isContinued ? 0 : 1;
  return { root: own, depth, similarity: isContinued ? CONTINUED_BRANCH_SIMILARITY : NEW_BRANCH_SIMILARITY };
}

interface Group {
  readonly root: string | null;
  /** The group's most alike block, the newest of equals. */
  readonly target: BlockFacts;
  score: number;
}

interface Candidate {
  readonly block: BlockFacts;
  /** Share of the new memory's words that the block has. */
  readonly score: number;
}

/** The group of candidates with the largest sum; of equals the one whose first candidate comes first. */
function bestGroup(candidates: readonly Candidate[]): Group | null {
  const groups = new Map<string, Group>();
  for (const { block, score } of candidates) {
    const key = block.root ?? '';
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { root: block.root, target: block, score });
    else group.score += score;
  }
  let best: Group | null = null;
  for (const group of groups.values()) if (best === null || group.score > best.score) best = group;
  return best;
}

/** The most alike first, the newest of equals. Sorting all to keep nine would cost more than finding them. */
function candidates(words: ReadonlySet<string>, { recentBlocks, sharedWords }: RecentWords): Candidate[] {
  const best: Candidate[] = [];
  for (const block of recentBlocks) {
    const shared =
      sharedWords === undefined ? sharedCount(words, block.words) : (sharedWords.get(block.blockIndex) ?? 0);
    const score = shared / words.size;
    const weakest = best[MAX_CANDIDATES - 1];
    if (shared === 0 || (weakest !== undefined && weakest.score >= score)) continue;
    let place = best.length;
    while (place > 0 && (best[place - 1]?.score ?? 0) < score) place -= 1;
    best.splice(place, 0, { block, score });
    best.length = Math.min(best.length, MAX_CANDIDATES);
  }
  return best;
}
