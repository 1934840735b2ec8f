import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Database, SqlValue } from 'sql.js';
import type { BlockFacts } from '../../../src/protocol/facts.js';
import { chooseBranch } from '../../../src/memory/branchRule.js';
import { matchingFormula } from '../../../src/memory/blockHash.js';
import { verifyRows } from '../../../src/memory/verify.js';
import { loadEngine } from '../../../src/storage/engine.js';
import { branchWords } from '../../../src/text/branchWords.js';

interface Row {
  readonly blockIndex: number;
  readonly timestamp: string;
  readonly context: string;
  readonly importance: number;
  readonly hash: string;
  readonly prevHash: string;
  readonly root: string;
  readonly before: string | null;
  readonly after: string;
  readonly slot: string;
  readonly depth: number;
  readonly similarity: number;
}

const MEMORY = path.resolve(__dirname, '../../fixtures/greeum-5.3/data/memory.db');

async function openFixture(): Promise<Database> {
  const SQL = await loadEngine();
  return new SQL.Database(readFileSync(MEMORY));
}

function all(database: Database, sql: string): SqlValue[][] {
  return database.exec(sql)[0]?.values ?? [];
}

function blocksOf(database: Database): Row[] {
  const rows = all(
    database,
    `SELECT block_index, timestamp, context, importance, hash, prev_hash, root, "before", "after", slot, branch_depth,
       branch_similarity FROM blocks ORDER BY block_index`,
  );
  return rows.map((row) => ({
    blockIndex: row[0] as number,
    timestamp: row[1] as string,
    context: row[2] as string,
    importance: row[3] as number,
    hash: row[4] as string,
    prevHash: row[5] as string,
    root: row[6] as string,
    before: row[7] as string | null,
    after: row[8] as string,
    slot: row[9] as string,
    depth: row[10] as number,
    similarity: row[11] as number,
  }));
}

/** 30 memories that the Python program wrote. */
describe('the rules, on what Python Greeum wrote', () => {
  let database: Database;
  let rows: Row[];

  before(async () => {
    database = await openFixture();
    rows = blocksOf(database);
  });
  after(() => database.close());

  it('choose the same branch, parent, depth and similarity for each of its memories', () => {
    const heads = new Map<string, BlockFacts>();
    const earlier: BlockFacts[] = [];
    for (const row of rows) {
      const words = branchWords(row.context);
      const recentBlocks = earlier.slice(-100).reverse();
      const choice = chooseBranch(words, { recentBlocks }, heads.get(row.slot) ?? null, 'new');
      const isNew = !earlier.some(({ root }) => root === row.root);
      assert.deepEqual(
        [row.blockIndex, choice.isNew, choice.parent?.hash ?? null, choice.depth, choice.similarity],
        [row.blockIndex, isNew, row.before, row.depth, row.similarity],
      );
      if (!choice.isNew) assert.equal(choice.root, row.root);
      const block = { blockIndex: row.blockIndex, hash: row.hash, root: row.root, words };
      earlier.push(block);
      heads.set(row.slot, block);
    }
    assert.equal(rows.length, 30);
  });

  it('find the one block whose hash an upstream defect spoiled, and no other problem', () => {
    const spoiled = rows.filter((row) => matchingFormula(row, row.hash) === null);
    assert.deepEqual(
      spoiled.map(({ blockIndex }) => blockIndex),
      [4],
    );
    const nodes = all(database, 'SELECT node_id, memory_id FROM memory_nodes');
    const associations = all(database, 'SELECT association_id, source_node_id, target_node_id FROM associations');
    const result = verifyRows({
      blocks: rows,
      nodes: nodes.map(([nodeId, blockIndex]) => ({ nodeId: nodeId as string, blockIndex: blockIndex as number })),
      associations: associations.map(([id, source, target]) => ({
        associationId: id as string,
        sourceNodeId: source as string,
        targetNodeId: target as string,
      })),
      slots: [],
    });
    assert.equal(result.blocks, 30);
    assert.deepEqual(
      result.problems.map(({ block_index }) => block_index),
      [4],
    );
  });
});
