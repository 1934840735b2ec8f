/**
 * Which memories a new one is linked to: at most five that share rare keywords with it, and the newest one of the
 * branch it continues.
 */

import type { KeywordFacts } from '../protocol/facts.js';

const MAX_SEMANTIC_LINKS = 5;
/** Ids that a command brings along: these, the one to the branch's end, and the one to what it replaces. */
export const MAX_LINKS_PER_ADD = MAX_SEMANTIC_LINKS + 2;

const TEMPORAL_STRENGTH = 0.2;
/** Links by meaning are stronger than any link by time, as in Greeum. */
const LEAST_SEMANTIC_STRENGTH = 0.3;
/** Shared words that weigh less together link nothing: they are common, or one of very many. */
const LEAST_SHARED_WEIGHT = 0.05;

export interface Linked {
  readonly blockIndex: number;
  readonly nodeId: string;
}

export interface NewLink extends Linked {
  readonly type: 'semantic' | 'temporal';
  /** Above 0, at most 1, three decimals. */
  readonly strength: number;
}

/**
 * Semantic links, strongest first, the newer of equals; then the temporal one, unless that memory is linked already.
 * @param keywordCount of the new memory, those included that no other has
 * @param branchEnd newest memory of the branch that is continued
 */
export function chooseLinks(
  keywordCount: number,
  keywordBlocks: readonly KeywordFacts[],
  blockCount: number,
  branchEnd: Linked | null,
): NewLink[] {
  const links = sharedWeights(keywordBlocks, blockCount)
    .filter(({ weight }) => weight / keywordCount >= LEAST_SHARED_WEIGHT)
    .sort((a, b) => b.weight - a.weight || b.blockIndex - a.blockIndex)
    .slice(0, MAX_SEMANTIC_LINKS)
    .map(({ blockIndex, nodeId, weight }): NewLink => {
      return { blockIndex, nodeId, type: 'semantic', strength: strengthOf(weight / keywordCount) };
    });
  const isLinked = links.some(({ blockIndex }) => blockIndex === branchEnd?.blockIndex);
  if (branchEnd !== null && !isLinked) {
    links.push({
      blockIndex: branchEnd.blockIndex,
      nodeId: branchEnd.nodeId,
      type: 'temporal',
      strength: TEMPORAL_STRENGTH,
    });
  }
  return links;
}

interface Sharing extends Linked {
  weight: number;
  /** Position of the last keyword counted: a block with two nodes is listed twice for each. */
  counted: number;
}

/** Each block once, with the sum of the rarities of the keywords it shares. */
function sharedWeights(keywordBlocks: readonly KeywordFacts[], blockCount: number): Sharing[] {
  const byBlock = new Map<number, Sharing>();
  for (const [position, { blocks }] of keywordBlocks.entries()) {
    const rarity = rarityOf(blocks.length, blockCount);
    for (const { blockIndex, nodeId } of blocks) {
      const known = byBlock.get(blockIndex);
      if (known === undefined) {
        byBlock.set(blockIndex, { blockIndex, nodeId, weight: rarity, counted: position });
      } else if (known.counted !== position) {
        known.weight += rarity;
        known.counted = position;
      }
    }
  }
  return [...byBlock.values()];
}

/** 1 for a keyword that one block has, near 0 for one that all have: inverse document frequency over its largest value. */
function rarityOf(documentFrequency: number, blockCount: number): number {
  return idf(documentFrequency, blockCount) / idf(1, blockCount);
}

function idf(documentFrequency: number, blockCount: number): number {
  return Math.log1p((Math.max(blockCount - documentFrequency, 0) + 0.5) / (documentFrequency + 0.5));
}

/** @param weight share of the memory's keywords that the other one has, each counted by its rarity; 0 to 1 */
function strengthOf(weight: number): number {
  const strength = LEAST_SEMANTIC_STRENGTH + (1 - LEAST_SEMANTIC_STRENGTH) * Math.min(weight, 1);
  return Math.round(strength * 1000) / 1000;
}
