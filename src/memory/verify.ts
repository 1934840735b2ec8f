/**
 * Checks of a whole memory: is every block what its hash says, is the chain unbroken, does every reference lead
 * somewhere. What Greeum is known to leave out (roots, nodes, a parent's `after` of a block without a root) is no problem.
 */

import type { VerifyProblem, VerifyResult } from '../protocol/operations.js';
import type { VerifyBlock, VerifyInput } from '../protocol/rows.js';
import { matchingFormula } from './blockHash.js';

/** A file that is wrong throughout is told apart from one that is wrong once; nobody reads on after that many. */
const MAX_PROBLEMS = 1_000;

/** Of a block whose text, time or importance is not what was written. */
export const ALTERED = 'its hash is not that of its content';

/** Reads each of the iterables once, blocks first. */
export function verifyRows(input: VerifyInput): VerifyResult {
  const known = new KnownBlocks();
  const problems: VerifyProblem[] = [];
  let count = 0;
  for (const problem of findProblems(input, known)) {
    count += 1;
    if (count <= MAX_PROBLEMS) problems.push(problem);
  }
  if (count > MAX_PROBLEMS) problems.push({ block_index: null, problem: `and ${count - MAX_PROBLEMS} more` });
  return { ok: count === 0, blocks: known.count, problems };
}

function* findProblems(input: VerifyInput, known: KnownBlocks): Generator<VerifyProblem> {
  for (const block of input.blocks) {
    yield* ofBlock(block, known);
    known.add(block);
  }
  yield* known.problemsOfChildren();
  yield* ofNodesAndAssociations(input, known);
  for (const { slot, anchorHash } of input.slots) {
    if (anchorHash !== null && !known.has(anchorHash)) {
      yield { block_index: null, problem: `slot ${slot} points at a block that is not there: ${short(anchorHash)}` };
    }
  }
}

/** @param known the blocks before this one */
function* ofBlock(block: VerifyBlock, known: KnownBlocks): Generator<VerifyProblem> {
  const { blockIndex, prevHash, before, after } = block;
  const about = (problem: string): VerifyProblem => ({ block_index: blockIndex, problem });
  if (matchingFormula(block, block.hash) === null) yield about(ALTERED);
  const expected = known.last?.hash ?? '';
  if (prevHash !== expected) yield about(`prev_hash is ${short(prevHash)}, the block before has ${short(expected)}`);
  const next = known.last === null ? 0 : known.last.blockIndex + 1;
  if (blockIndex !== next) yield about(`block #${next} is missing before it`);
  if (known.has(block.hash)) yield about('another block has the same hash');
  if (before !== null && !known.has(before)) yield about(`before leads to no earlier block: ${short(before)}`);
  if (block.root === '') yield about('its root is empty');
  if (childrenOf(after) === null) yield about('after is no JSON list of hashes');
}

function* ofNodesAndAssociations({ nodes, associations }: VerifyInput, known: KnownBlocks): Generator<VerifyProblem> {
  const nodeIds = new Set<string>();
  for (const { nodeId, blockIndex } of nodes) {
    nodeIds.add(nodeId);
    if (blockIndex === null || !known.hasIndex(blockIndex)) {
      yield { block_index: blockIndex, problem: `${nodeId} stands for a block that is not there` };
    }
  }
  for (const { associationId, sourceNodeId, targetNodeId } of associations) {
    for (const nodeId of [sourceNodeId, targetNodeId]) {
      if (nodeId !== null && nodeIds.has(nodeId)) continue;
      yield { block_index: null, problem: `${associationId} leads to a node that is not there: ${String(nodeId)}` };
    }
  }
}

/** The blocks read so far, as far as others refer to them. */
class KnownBlocks {
  readonly #indexByHash = new Map<string, number>();
  readonly #indexes = new Set<number>();
  /** From a child's hash to the parent that lists it in `after`. */
  readonly #listedBy = new Map<string, string>();
  /** From a child's hash to the parent it names in `before`. */
  readonly #parents = new Map<string, string>();
  /** Children of Greeum's fallback writer, which tells no parent of them. */
  readonly #untold = new Set<string>();
  last: { readonly blockIndex: number; readonly hash: string } | null = null;

  get count(): number {
    return this.#indexes.size;
  }

  has(hash: string): boolean {
    return this.#indexByHash.has(hash);
  }

  hasIndex(blockIndex: number): boolean {
    return this.#indexes.has(blockIndex);
  }

  add({ blockIndex, hash, root, before, after }: VerifyBlock): void {
    this.#indexByHash.set(hash, blockIndex);
    this.#indexes.add(blockIndex);
    if (before !== null) this.#parents.set(hash, before);
    if (root === null) this.#untold.add(hash);
    for (const child of childrenOf(after) ?? []) this.#listedBy.set(child, hash);
    this.last = { blockIndex, hash };
  }

  /** `after` of the parents against `before` of the children; to be called when all blocks are known. */
  *problemsOfChildren(): Generator<VerifyProblem> {
    for (const [child, parent] of this.#listedBy) {
      const block_index = this.#indexByHash.get(parent) ?? null;
      if (!this.has(child)) yield { block_index, problem: `after leads to no block: ${short(child)}` };
      else if (this.#parents.get(child) !== parent) {
        yield {
          block_index,
          problem: `after names block #${this.#indexByHash.get(child)}, which does not continue it`,
        };
      }
    }
    for (const [child, parent] of this.#parents) {
      if (!this.has(parent) || this.#untold.has(child) || this.#listedBy.get(child) === parent) continue;
      yield {
        block_index: this.#indexByHash.get(parent) ?? null,
        problem: `after lacks block #${this.#indexByHash.get(child)}`,
      };
    }
  }
}

/** Null when the column is no JSON list of strings. */
function childrenOf(after: string | null): string[] | null {
  if (after === null || after === '[]') return [];
  try {
    const value: unknown = JSON.parse(after);
    return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : null;
  } catch {
    // Others write this column too; what is no JSON is reported.
    return null;
  }
}

function short(hash: string): string {
  return hash === '' ? 'empty' : `${hash.slice(0, 12)}…`;
}
