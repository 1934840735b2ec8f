import assert from 'node:assert/strict';

import fc from 'fast-check';

import { EngineFailure, loadEngine, Sql, type Cell } from '../../../src/storage/engine.js';
import { breakingOff } from '../../support/brokenEngine.js';

describe('the engine', () => {
  let sql: Sql;

  beforeEach(async () => {
    sql = new Sql(await loadEngine(), null);
    sql.script('CREATE TABLE kept (value)');
  });

  afterEach(() => sql.close());

  function roundTrip(value: Cell): Cell | undefined {
    sql.run('DELETE FROM kept');
    sql.run('INSERT INTO kept VALUES (?)', [value]);
    return sql.get('SELECT value FROM kept')?.[0];
  }

  it('gives back every text as it was, with a byte order mark at its beginning too', () => {
    assert.equal(
      roundTrip('\ufeffThe first character belongs to the text.'),
      '\ufeffThe first character belongs to the text.',
    );
    // SQLite's own texts end at a NUL; input that has one is refused.
    const text = fc.string({ unit: 'grapheme', maxLength: 60 }).filter((given) => !given.includes('\0'));
    fc.assert(fc.property(text, (given) => assert.equal(roundTrip(given), given)));
  });

  it('leaves the decoder of everybody else alone', () => {
    assert.equal(new TextDecoder().decode(Uint8Array.of(0xef, 0xbb, 0xbf, 0x41)), 'A');
  });

  it('gives back numbers and bytes as they were', () => {
    const number = fc.oneof(fc.integer(), fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }));
    // SQLite keeps no sign of zero.
    fc.assert(fc.property(number, (given) => assert.equal(roundTrip(given), given === 0 ? 0 : given)));
    fc.assert(fc.property(fc.uint8Array(), (given) => assert.deepEqual(roundTrip(given), given)));
    assert.equal(roundTrip(null), null);
  });

  it('can be used again after a statement failed', () => {
    sql.script('CREATE UNIQUE INDEX once ON kept(value)');
    sql.run('INSERT INTO kept VALUES (1)');
    assert.throws(() => sql.run('INSERT INTO kept VALUES (1)'), /UNIQUE/);
    sql.run('INSERT INTO kept VALUES (2)');
    assert.deepEqual(sql.all('SELECT value FROM kept ORDER BY 1'), [[1], [2]]);
  });

  it('can be asked anew while rows of the same question are left unread', () => {
    sql.script('INSERT INTO kept VALUES (1), (2), (3)');
    for (const [first] of sql.each('SELECT value FROM kept ORDER BY 1')) {
      assert.equal(first, 1);
      break;
    }
    assert.equal(sql.all('SELECT value FROM kept ORDER BY 1').length, 3);
  });

  it('fails for good when something breaks off inside of it, and tells so once', async () => {
    const told: unknown[] = [];
    sql.onFailure = (failure) => told.push(failure);
    assert.throws(() => sql.run('INSERT INTO nowhere VALUES (1)'), /no such table/);
    assert.equal(sql.get('SELECT count(*) FROM kept')?.[0], 0);

    await breakingOff(() => assert.throws(() => sql.run('INSERT INTO kept VALUES (1)'), EngineFailure));
    assert.throws(() => sql.run('INSERT INTO kept VALUES (1)'), EngineFailure);
    assert.throws(() => sql.get('SELECT value FROM kept'), EngineFailure);
    assert.throws(() => sql.all('SELECT value FROM kept'), EngineFailure);
    assert.equal(told.length, 1);
  });
});
