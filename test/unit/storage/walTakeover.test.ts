import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';

import { isInWalMode, ROLLBACK_MODE_BYTES, MODE_OFFSET } from '../../../src/storage/databaseFile.js';
import { WalTakeover } from '../../../src/storage/walTakeover.js';
import { DiskModel } from '../../support/diskModel.js';
import { LAYOUT } from '../../support/memory.js';
import { SimulatedDisk } from '../../support/simulatedDisk.js';

const FIXTURE = path.resolve(__dirname, '../../fixtures/greeum-5.3-wal/data/memory.db');
const PATH = LAYOUT.database;
const WAL = `${PATH}-wal`;
const SHM = `${PATH}-shm`;
/** In `-shm`: every connection in WAL mode holds it. */
const DEAD_MAN_SWITCH = 128;

/** The file and its log as Python left them. */
function disk(more: Readonly<Record<string, Uint8Array>> = {}): SimulatedDisk {
  const files = { [PATH]: readFileSync(FIXTURE), [WAL]: readFileSync(`${FIXTURE}-wal`), ...more };
  return new SimulatedDisk(DiskModel.holding(new Map(Object.entries(files))));
}

function inRollbackMode(database: Buffer): Buffer {
  database.set(ROLLBACK_MODE_BYTES, MODE_OFFSET);
  return database;
}

function take(files: SimulatedDisk, platform: NodeJS.Platform): void {
  const takeover = WalTakeover.begin(files, PATH, platform);
  try {
    takeover?.finish();
  } finally {
    takeover?.close();
  }
}

describe('taking a database out of WAL mode', () => {
  for (const platform of ['linux', 'win32', 'darwin'] as const) {
    it(`merges the log, deletes it, and leaves rollback mode: ${platform}`, () => {
      const files = disk();
      take(files, platform);
      assert.deepEqual([files.stat(WAL), files.stat(SHM), isInWalMode(files, PATH)], [null, null, false]);
      assert.ok((files.stat(PATH)?.size ?? 0) > 4096);
      assert.equal(files.openDescriptors, 0);
      assert.equal(WalTakeover.begin(files, PATH, platform), null, 'there is nothing left to do');
    });
  }

  it('asks the locks whether anybody is there, where they can say it', () => {
    const files = disk({ [SHM]: new Uint8Array(32_768) });
    const other = files.open(SHM, 'r+');
    assert.ok(files.tryLock(other, DEAD_MAN_SWITCH, 1));
    assert.throws(() => take(files, 'linux'), { code: 'database_in_use', message: /has open/ });
    files.close(other);
    take(files, 'linux');
    assert.deepEqual([files.stat(WAL), files.stat(SHM)], [null, null]);
  });

  describe('on macOS, where the locks of others cannot be asked about', () => {
    const cases: readonly (readonly [what: string, more: Readonly<Record<string, Uint8Array>>])[] = [
      ['a log with frames', {}],
      ['an empty log', { [WAL]: new Uint8Array() }],
      ['a log with frames behind a file in rollback mode', { [PATH]: inRollbackMode(readFileSync(FIXTURE)) }],
    ];
    for (const [what, more] of cases) {
      it(`leaves alone what a connection may be using: -shm beside ${what}`, () => {
        const files = disk({ ...more, [SHM]: new Uint8Array(32_768) });
        assert.throws(() => take(files, 'darwin'), {
          code: 'database_in_use',
          message: /memory\.db-shm is there/,
          hint: /Close every program .* sqlite3 "\/memory\/data\/memory\.db" "PRAGMA journal_mode = DELETE"/,
          retry: 'after-reconnect',
        });
        assert.deepEqual([files.operations, files.openDescriptors], [[], 0]);
      });
    }

    it('removes an -shm that the stated remedy may leave: in rollback mode nobody uses it', () => {
      const more = { [PATH]: inRollbackMode(readFileSync(FIXTURE)), [WAL]: new Uint8Array(), [SHM]: new Uint8Array(9) };
      const files = disk(more);
      take(files, 'darwin');
      assert.deepEqual([files.stat(WAL), files.stat(SHM)], [null, null]);
    });
  });
});
