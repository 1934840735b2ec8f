import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { verifyRows } from '../../../src/memory/verify.js';
import { integer, text, type Sql } from '../../../src/storage/engine.js';
import type { Image } from '../../../src/storage/image.js';
import { openMemory } from '../../../src/storage/recovery.js';
import { verifyInput } from '../../../src/storage/verifyRows.js';
import { wildBlocks } from '../../support/foreignWrites.js';
import { emptyDisk, LAYOUT } from '../../support/memory.js';

const FIXTURE = path.resolve(__dirname, '../../fixtures/greeum-5.3/data/memory.db');
/** Of the fixture: Greeum changed its importance and left its hash. */
const WRONG_IN_FIXTURE = 4;
const INTEGER =
  '{"block_index": $i, "context": "as an integer", "importance": 1, "prev_hash": "$p", "timestamp": "$t"}';
const FALLBACK = '{"block_index": $i, "context": "fallback", "prev_hash": "$p", "timestamp": "$t"}';

describe('the rows that verify reads', () => {
  let image: Image;
  let sql: Sql;

  beforeEach(async () => {
    const disk = emptyDisk();
    disk.put(LAYOUT.database, readFileSync(FIXTURE));
    ({ image } = await openMemory(disk, LAYOUT));
    ({ sql } = image);
  });
  afterEach(() => image.close());

  function append(...blocks: Parameters<typeof wildBlocks>[1]): void {
    const last = sql.get('SELECT block_index, hash FROM blocks ORDER BY block_index DESC LIMIT 1');
    sql.script(wildBlocks({ blockIndex: integer(last?.[0]), hash: text(last?.[1]) }, blocks));
  }

  function problems(): (number | null)[] {
    return verifyRows(verifyInput(sql)).problems.map(({ block_index }) => block_index);
  }

  it('are right by any formula in the wild, with a NULL root and no node', () => {
    append(
      { context: 'as an integer', importance: 1, preimage: INTEGER },
      { context: 'fallback', importance: 0.5, preimage: FALLBACK },
      { context: 'fallback', importance: 1, preimage: FALLBACK },
    );
    assert.deepEqual(problems(), [WRONG_IN_FIXTURE]);
  });

  it('are named when no formula fits: a changed text, importance or time, a formula mixed from two', () => {
    const mixed = INTEGER.replace('"importance": 1, ', '').replace('"context"', '"importance": 1, "context"');
    append(
      { context: 'as an integer, changed', importance: 1, preimage: INTEGER },
      { context: 'as an integer', importance: 0, preimage: INTEGER },
      { context: 'fallback', importance: 0.5, preimage: FALLBACK.replace('$t', '2020') },
      { context: 'as an integer', importance: 1, preimage: mixed },
    );
    assert.deepEqual(problems(), [WRONG_IN_FIXTURE, 30, 31, 32, 33]);
  });
});
