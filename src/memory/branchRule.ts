/**
 * Which branch a memory continues: Greeum's deterministic rule (no model, no centroids), so that both programs grow
 * the same tree.
 */

import type { BlockFacts } from '../protocol/facts.js';
import { likeness } from './likeness.js';

/** `branch_similarity` as Greeum writes it: not measured, but which of the two cases it was. */
const NEW_BRANCH_SIMILARITY = 0.85;
const CONTINUED_BRANCH_SIMILARITY = 0.95;

/** Only this many of the blocks that are alike have a say. */
const MAX_CANDIDATES = 9;

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
 * @param recentBlocks newest first
 * @param slotHead of the slot the memory goes to; null when the slot is empty
 */
export function chooseBranch(
  words: ReadonlySet<string>,
  recentBlocks: readonly BlockFacts[],
  slotHead: BlockFacts | null,
  newRoot: string,
): BranchChoice {
  const best = bestGroup(words, recentBlocks);
  if (best !== null && best.root !== null && best.root !== '') {
    const { root, target } = best;
    return { root, isNew: false, parent: target, depth: 0, similarity: CONTINUED_BRANCH_SIMILARITY };
  }
  const depth = slotHead === null ? 0 : 1;
  return { root: newRoot, isNew: true, parent: slotHead, depth, similarity: NEW_BRANCH_SIMILARITY };
}

interface Group {
  readonly root: string | null;
  /** The group's most alike block, the newest of equals. */
  readonly target: BlockFacts;
  score: number;
}

/** The group of candidates with the largest sum; of equals the one whose first candidate comes first. */
function bestGroup(words: ReadonlySet<string>, recentBlocks: readonly BlockFacts[]): Group | null {
  const groups = new Map<string, Group>();
  for (const { block, score } of candidates(words, recentBlocks)) {
    const key = block.root ?? '';
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { root: block.root, target: block, score });
    else group.score += score;
  }
  let best: Group | null = null;
  for (const group of groups.values()) if (best === null || group.score > best.score) best = group;
  return best;
}

/** The most alike first, the newest of equals. */
function candidates(
  words: ReadonlySet<string>,
  recentBlocks: readonly BlockFacts[],
): { block: BlockFacts; score: number }[] {
  return recentBlocks
    .map((block) => ({ block, score: likeness(words, block.words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score)
    .slice(0, MAX_CANDIDATES);
}
