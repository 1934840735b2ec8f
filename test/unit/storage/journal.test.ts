import assert from 'node:assert/strict';

import { GreeumError } from '../../../src/protocol/errors.js';
import { encodeFrame, type Frame } from '../../../src/storage/frame.js';
import { Journal } from '../../../src/storage/journal.js';
import { listSegments, readJournal } from '../../../src/storage/journalReader.js';
import { DiskModel } from '../../support/diskModel.js';
import { SimulatedDisk } from '../../support/simulatedDisk.js';

const PARENT = '/memory';
const FOLDER = '/memory/journal';
const FIRST = `${FOLDER}/000000000001.log`;

function frame(seq: number, epoch = 1): Frame {
  return { seq, epoch, at: 5, rows: [['delete', 'greeum_requests', `key ${seq}`]] };
}

function frames(from: number, to: number): Frame[] {
  return Array.from({ length: to - from + 1 }, (_, index) => frame(from + index));
}

function emptyDisk(): SimulatedDisk {
  return new SimulatedDisk(DiskModel.holding(new Map(), [PARENT]));
}

/** A disk with these segments, by first sequence. */
function diskWith(segments: Record<number, Buffer>): SimulatedDisk {
  const files = Object.entries(segments).map(
    ([first, bytes]) => [`${FOLDER}/${first.padStart(12, '0')}.log`, bytes] as const,
  );
  return new SimulatedDisk(DiskModel.holding(new Map(files)));
}

function lines(...given: readonly Frame[]): Buffer {
  return Buffer.concat(given.map(encodeFrame));
}

function open(disk: SimulatedDisk, applied = 0): Journal {
  const contents = readJournal(disk, FOLDER, applied);
  return new Journal(disk, FOLDER, contents, contents.frames.at(-1)?.seq ?? applied);
}

function sequencesOn(disk: SimulatedDisk, applied = 0): number[] {
  return readJournal(disk, FOLDER, applied).frames.map(({ seq }) => seq);
}

/** Every sequence found after a power cut now, whatever the disk made of it. */
function afterPowerCut(disk: SimulatedDisk): string[] {
  const { states } = disk.model.crashStates(10_000, { seed: 1, next: () => 0, below: () => 0 });
  return [...new Set(states.map((state) => sequencesOn(new SimulatedDisk(state)).join(' ')))].sort();
}

function code(error: unknown): string {
  return error instanceof GreeumError ? `${error.code} ${error.outcome}` : String(error);
}

/** Code and outcome of what `work` throws. */
function failureOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return code(error);
  }
  return 'nothing was thrown';
}

describe('appending to the journal', () => {
  it('returns after the frames, the name of their file and the name of its folder are durable', () => {
    const disk = emptyDisk();
    open(disk).append(frames(1, 2));
    assert.deepEqual(disk.operations, [
      `makeFolder ${FOLDER}`,
      `syncFolder ${PARENT}`,
      `create ${FIRST}`,
      `syncFolder ${FOLDER}`,
      `write ${FIRST} 0+${lines(frame(1)).length + lines({ ...frame(2), batch: 1 }).length}`,
      `fdatasync ${FIRST}`,
    ]);
    assert.deepEqual(afterPowerCut(disk), ['1 2']);
  });

  it('takes one write and one wait for the disk for all frames of a batch', () => {
    const disk = emptyDisk();
    const journal = open(disk);
    journal.append([frame(1)]);
    const before = disk.operations.length;
    journal.append(frames(2, 100));
    assert.deepEqual(
      disk.operations.slice(before).map((operation) => operation.split(' ')[0]),
      ['write', 'fdatasync'],
    );
    assert.equal(journal.nextSequence, 101);
  });

  it('refuses frames that do not continue it', () => {
    assert.throws(() => open(emptyDisk()).append([frame(2)]), /continue/);
  });

  it('goes on where another owner ended, and makes durable what that one had left to the kernel', () => {
    const disk = emptyDisk();
    disk.fail({ call: 'fdatasync', errno: 'EIO' });
    disk.fail({ call: 'truncate', errno: 'EIO' });
    assert.equal(
      failureOf(() => open(disk).append([frame(1)])),
      'journal_write_failed unknown',
    );
    disk.killProcesses();
    const journal = open(disk);
    assert.equal(journal.nextSequence, 2);
    journal.append([frame(2)]);
    assert.deepEqual(sequencesOn(disk), [1, 2]);
  });

  it('makes the name of a segment durable that an owner created and did not live to sync', () => {
    const disk = emptyDisk();
    disk.stopAfter(3);
    assert.throws(() => open(disk).append([frame(1)]));
    assert.equal(disk.operations.at(-1), `create ${FIRST}`);
    disk.killProcesses();
    open(disk).append([frame(1)]);
    assert.deepEqual(afterPowerCut(disk), ['1']);
  });

  it('makes the journal folder durable that an owner created and did not live to sync', () => {
    const disk = emptyDisk();
    disk.stopAfter(1);
    assert.throws(() => open(disk).append([frame(1)]));
    assert.equal(disk.operations.at(-1), `makeFolder ${FOLDER}`);
    disk.killProcesses();
    open(disk).append([frame(1)]);
    assert.deepEqual(afterPowerCut(disk), ['1']);
  });

  it('leaves after a power cut the batches that were acknowledged and at most the beginning of the last one', () => {
    const disk = emptyDisk();
    const journal = open(disk);
    journal.append(frames(1, 2));
    disk.fail({ call: 'fdatasync', errno: 'EIO' });
    disk.fail({ call: 'truncate', errno: 'EIO' });
    assert.throws(() => journal.append(frames(3, 12)));
    const found = afterPowerCut(disk);
    assert.ok(found.includes('1 2') && found.includes('1 2 3 4 5 6 7 8 9 10 11 12'), found.join(' | '));
    for (const sequences of found) assert.ok('1 2 3 4 5 6 7 8 9 10 11 12'.startsWith(sequences), sequences);
  });
});

describe('a failed append', () => {
  for (const [what, fault] of [
    ['a full disk', { call: 'write', errno: 'ENOSPC' }],
    ['a disk that fills up half way through', { call: 'write', errno: 'ENOSPC', shortBytes: 40 }],
    ['a disk that refuses to sync', { call: 'fdatasync', errno: 'EIO' }],
    ['no descriptor for a new segment', { call: 'open', errno: 'EMFILE' }],
    ['a folder that cannot be synced', { call: 'syncFolder', errno: 'EIO' }],
  ] as const) {
    it(`is not written and leaves nothing behind: ${what}`, () => {
      const disk = emptyDisk();
      disk.fail(fault);
      const journal = open(disk);
      assert.equal(
        failureOf(() => journal.append(frames(1, 3))),
        'journal_write_failed not_written',
      );
      assert.deepEqual([sequencesOn(disk), journal.nextSequence, journal.needsRepair], [[], 1, false]);
      journal.append([frame(1)]);
      assert.deepEqual([sequencesOn(disk), afterPowerCut(disk)], [[1], ['1']]);
    });
  }

  it('cuts off what it wrote and nothing of the batches before', () => {
    const disk = emptyDisk();
    const journal = open(disk);
    journal.append(frames(1, 2));
    disk.fail({ call: 'write', errno: 'ENOSPC', shortBytes: 70 });
    assert.equal(
      failureOf(() => journal.append(frames(3, 4))),
      'journal_write_failed not_written',
    );
    assert.deepEqual([sequencesOn(disk), afterPowerCut(disk)], [[1, 2], ['1 2']]);
    assert.equal(disk.bytesOf(FIRST).length, journal.bytes);
  });

  it('starts from a new descriptor after a failed sync, because the old one may hide the failure', () => {
    const written: number[] = [];
    class WatchedDisk extends SimulatedDisk {
      override write(fd: number, bytes: Uint8Array, position: number): number {
        written.push(fd);
        return super.write(fd, bytes, position);
      }
    }
    const disk = new WatchedDisk(emptyDisk().model);
    const journal = open(disk);
    disk.fail({ call: 'fdatasync', errno: 'EIO' });
    assert.throws(() => journal.append([frame(1)]));
    journal.append([frame(1)]);
    assert.equal(new Set(written).size, 2);
    assert.deepEqual([sequencesOn(disk), afterPowerCut(disk)], [[1], ['1']]);
  });

  it('has an unknown outcome when the disk refuses to undo it too', () => {
    const disk = emptyDisk();
    const journal = open(disk);
    journal.append([frame(1)]);
    disk.fail({ call: 'fdatasync', errno: 'EIO' });
    disk.fail({ call: 'truncate', errno: 'EIO' });
    assert.equal(
      failureOf(() => journal.append([frame(2)])),
      'journal_write_failed unknown',
    );
    assert.equal(journal.needsRepair, true);
  });

  it('that never reached the disk is not written, even while an earlier one cannot be undone', () => {
    const disk = emptyDisk();
    const journal = open(disk);
    journal.append([frame(1)]);
    disk.fail({ call: 'fdatasync', errno: 'EIO' });
    disk.fail({ call: 'truncate', errno: 'EIO', times: Infinity });
    assert.throws(() => journal.append([frame(2)]));
    assert.equal(
      failureOf(() => journal.append([{ ...frame(2), at: 6 }])),
      'journal_write_failed not_written',
    );
  });

  it('is not written when the newest segment cannot even be opened', () => {
    const disk = diskWith({ 1: lines(frame(1)) });
    const journal = open(disk);
    disk.fail({ call: 'open', errno: 'EMFILE', times: Infinity });
    assert.equal(
      failureOf(() => journal.append([frame(2)])),
      'journal_write_failed not_written',
    );
    disk.clearFaults();
    journal.append([frame(2)]);
    assert.deepEqual(sequencesOn(disk), [1, 2]);
  });

  it('is repaired by the next append once the disk recovers', () => {
    const disk = emptyDisk();
    const journal = open(disk);
    journal.append([frame(1)]);
    disk.fail({ call: 'fdatasync', errno: 'EIO' });
    disk.fail({ call: 'truncate', errno: 'EIO' });
    assert.throws(() => journal.append(frames(2, 5)));
    journal.append([frame(2)]);
    assert.deepEqual([sequencesOn(disk), afterPowerCut(disk), journal.needsRepair], [[1, 2], ['1 2'], false]);
  });

  it('into a file that lost its name is not acknowledged', () => {
    const disk = emptyDisk();
    const journal = open(disk);
    journal.append(frames(1, 2));
    disk.put(FIRST, null);
    assert.equal(
      failureOf(() => journal.append([frame(3)])),
      'journal_write_failed unknown',
    );
    assert.equal(
      failureOf(() => journal.append([frame(3)])),
      'journal_write_failed not_written',
    );
    assert.equal(disk.stat(FIRST), null);
  });

  it('never touches a file that took the name of its own, and goes on when its own has the name again', () => {
    const disk = emptyDisk();
    const journal = open(disk);
    journal.append(frames(1, 2));
    const aside = `${FOLDER}/aside`;
    disk.rename(FIRST, aside);
    const theirs = lines(...frames(1, 9));
    disk.put(FIRST, theirs);
    for (const outcome of ['unknown', 'not_written', 'not_written']) {
      assert.equal(
        failureOf(() => journal.append([frame(3)])),
        `journal_write_failed ${outcome}`,
      );
    }
    assert.deepEqual(disk.bytesOf(FIRST), theirs);
    disk.rename(aside, FIRST);
    journal.append([frame(3)]);
    assert.deepEqual(sequencesOn(disk), [1, 2, 3]);
  });

  it('says what the disk said, and what to do', () => {
    const disk = emptyDisk();
    disk.fail({ call: 'write', errno: 'ENOSPC' });
    assert.throws(
      () => open(disk).append([frame(1)]),
      (error) =>
        error instanceof GreeumError &&
        error.retry === 'same-key' &&
        /disk is full/.test(error.message) &&
        /Free space/.test(error.hint ?? ''),
    );
  });
});

describe('repairing the journal', () => {
  it('does nothing when there is nothing to repair', () => {
    const disk = diskWith({ 1: lines(frame(1)) });
    open(disk).repair();
    assert.deepEqual(disk.operations, []);
  });

  it('fails as long as the disk refuses, and cuts off what is left once it does not', () => {
    const disk = emptyDisk();
    const journal = open(disk);
    journal.append([frame(1)]);
    disk.fail({ call: 'fdatasync', errno: 'EIO' });
    disk.fail({ call: 'truncate', errno: 'EIO', times: 2 });
    assert.throws(() => journal.append([frame(2)]));
    assert.equal(
      failureOf(() => journal.repair()),
      'journal_write_failed unknown',
    );
    journal.repair();
    assert.deepEqual([journal.needsRepair, sequencesOn(disk)], [false, [1]]);
  });

  it('cuts a torn end off before the first append', () => {
    const torn = Buffer.concat([lines(frame(1)), lines(frame(2)).subarray(0, 30)]);
    const disk = diskWith({ 1: torn });
    const journal = open(disk);
    assert.equal(journal.nextSequence, 2);
    journal.append([frame(2)]);
    assert.deepEqual([sequencesOn(disk), afterPowerCut(disk)], [[1, 2], ['1 2']]);
  });
});

describe('rolling and retiring segments', () => {
  it('begins a new segment after a roll, and tells what the closed ones hold', () => {
    const disk = emptyDisk();
    const journal = open(disk);
    journal.append(frames(1, 3));
    assert.equal(journal.roll(), 3);
    journal.append([frame(4)]);
    assert.deepEqual(
      listSegments(disk, FOLDER).map(({ firstSequence }) => firstSequence),
      [1, 4],
    );
    assert.equal(journal.bytes, disk.bytesOf(FIRST).length + disk.bytesOf(`${FOLDER}/000000000004.log`).length);
  });

  it('cuts a torn end off first, because only the newest segment may have one', () => {
    const disk = diskWith({ 1: Buffer.concat([lines(frame(1)), Buffer.from('torn')]) });
    open(disk).roll();
    assert.deepEqual(disk.bytesOf(FIRST), lines(frame(1)));
  });

  it('does not roll while a failed append cannot be undone', () => {
    const disk = emptyDisk();
    const journal = open(disk);
    disk.fail({ call: 'fdatasync', errno: 'EIO' });
    disk.fail({ call: 'truncate', errno: 'EIO', times: 2 });
    assert.throws(() => journal.append([frame(1)]));
    assert.throws(() => journal.roll());
    assert.equal(journal.roll(), 0);
    assert.deepEqual(sequencesOn(disk), []);
  });

  it('deletes the segments that a checkpoint covers, and no other', () => {
    const disk = emptyDisk();
    const journal = open(disk);
    for (const first of [1, 3, 5]) {
      journal.append(frames(first, first + 1));
      if (first < 5) journal.roll();
    }
    journal.retire(3);
    assert.deepEqual(sequencesOn(disk, 2), [3, 4, 5, 6]);
    journal.retire(4);
    assert.deepEqual(sequencesOn(disk, 4), [5, 6]);
    journal.retire(6);
    assert.deepEqual(sequencesOn(disk, 4), [5, 6], 'the open segment stays');
    assert.equal(journal.bytes, disk.bytesOf(`${FOLDER}/000000000005.log`).length);
  });

  it('deletes every segment when all are closed and covered', () => {
    const disk = emptyDisk();
    const journal = open(disk);
    journal.append(frames(1, 2));
    journal.retire(journal.roll());
    assert.deepEqual([listSegments(disk, FOLDER), journal.bytes], [[], 0]);
    journal.append([frame(3)]);
    assert.deepEqual(sequencesOn(disk, 2), [3]);
  });

  it('begins a new segment when the newest one left is older than the checkpoint', () => {
    const disk = diskWith({ 1: lines(...frames(1, 3)) });
    const journal = open(disk, 5);
    journal.append([frame(6)]);
    assert.deepEqual(sequencesOn(disk, 5), [6]);
    assert.deepEqual(disk.bytesOf(FIRST), lines(...frames(1, 3)));
  });
});

describe('reading the journal', () => {
  it('finds nothing where there is no folder', () => {
    assert.deepEqual(readJournal(emptyDisk(), FOLDER, 0), { frames: [], bytes: 0, tail: null });
  });

  it('leaves out what the checkpoint holds', () => {
    const disk = diskWith({ 1: lines(...frames(1, 3)), 4: lines(...frames(4, 6)) });
    assert.deepEqual(sequencesOn(disk, 4), [5, 6]);
    assert.deepEqual(sequencesOn(disk, 6), []);
  });

  it('ignores files that are not segments', () => {
    const disk = diskWith({ 1: lines(frame(1)) });
    disk.put(`${FOLDER}/notes.txt`, Buffer.from('mine'));
    disk.put(`${FOLDER}/000000000001.log.bak`, Buffer.from('mine'));
    assert.deepEqual(sequencesOn(disk), [1]);
  });

  it('ends at a torn tail, at whatever byte', () => {
    const all = lines(...frames(1, 3));
    for (let end = 0; end <= all.length; end += 1) {
      const found = sequencesOn(diskWith({ 1: all.subarray(0, end) }));
      assert.deepEqual(found, [1, 2, 3].slice(0, found.length));
      assert.equal(found.length, all.subarray(0, end).filter((byte) => byte === 0x0a).length, `cut at ${end}`);
    }
  });

  it('refuses a torn end in any segment but the newest', () => {
    const disk = diskWith({ 1: lines(...frames(1, 3)).subarray(0, -5), 4: lines(frame(4)) });
    assert.match(
      failureOf(() => readJournal(disk, FOLDER, 0)),
      /journal_damaged/,
    );
  });

  it('refuses a damaged frame in the middle, naming the file and the byte', () => {
    const bytes = lines(...frames(1, 3));
    const at = lines(frame(1)).length;
    bytes[at + 20] = 0x21;
    assert.throws(
      () => readJournal(diskWith({ 1: bytes }), FOLDER, 0),
      (error) =>
        code(error) === 'journal_damaged not_written' && String(error).includes(`${FIRST} is damaged at byte ${at}`),
    );
  });

  it('refuses a frame that is missing, within a segment, between two, and at the beginning', () => {
    for (const [disk, applied] of [
      [diskWith({ 1: lines(frame(1), frame(3)) }), 0],
      [diskWith({ 1: lines(frame(1)), 3: lines(frame(3)) }), 0],
      [diskWith({ 3: lines(frame(3)) }), 0],
      [diskWith({ 5: lines(frame(5)) }), 3],
    ] as const) {
      assert.match(
        failureOf(() => readJournal(disk, FOLDER, applied)),
        /journal_damaged/,
      );
    }
  });

  it('does not miss a frame that the checkpoint holds: segments may vanish in any order once they are retired', () => {
    const disk = diskWith({ 1: lines(...frames(1, 2)), 5: lines(...frames(5, 6)), 7: lines(frame(7)) });
    assert.deepEqual(sequencesOn(disk, 6), [7]);
  });

  it('does not mind damage in a segment that the checkpoint holds', () => {
    const disk = diskWith({ 1: Buffer.from('scratched\n'), 3: lines(...frames(3, 4)) });
    assert.deepEqual(sequencesOn(disk, 2), [3, 4]);
  });

  it('refuses a frame of an older owner after one of a newer', () => {
    const disk = diskWith({ 1: lines(frame(1, 2), frame(2, 1)) });
    assert.match(
      failureOf(() => readJournal(disk, FOLDER, 0)),
      /journal_damaged/,
    );
  });

  it('refuses a frame of an older owner than the one that made the checkpoint', () => {
    const disk = diskWith({ 3: lines(frame(3, 4)) });
    assert.match(
      failureOf(() => readJournal(disk, FOLDER, 2, 5)),
      /journal_damaged/,
    );
    assert.equal(readJournal(disk, FOLDER, 2, 4).frames.length, 1);
  });

  it('passes on what the disk says when a segment cannot be read', () => {
    const disk = diskWith({ 1: lines(frame(1)) });
    disk.fail({ call: 'readAll', errno: 'EIO' });
    assert.throws(() => readJournal(disk, FOLDER, 0), { code: 'EIO' });
  });
});
