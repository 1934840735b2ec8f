/** Ways to break a promise, each of which some test must notice. `text` stands exactly once in the file. */

export interface Mutation {
  readonly breaks: string;
  readonly file: string;
  readonly text: string;
  readonly becomes: string;
  readonly tests: string;
}

const CRASH = 'test/crash/**/*.test.ts';
const STORAGE = 'test/unit/storage/*.test.ts';
const MEMORY = 'test/unit/memory/*.test.ts';
const WORKER = 'test/unit/worker/*.test.ts';

export const MUTATIONS: readonly Mutation[] = [
  {
    breaks: 'a batch is acknowledged without waiting for the disk',
    file: 'src/storage/journal.ts',
    text: '      this.#files.fdatasync(this.#fd as number);\n',
    becomes: '',
    tests: CRASH,
  },
  {
    breaks: 'the name of a new segment is not made durable',
    file: 'src/storage/journal.ts',
    text: '    this.#files.syncFolder(this.#folder);\n',
    becomes: '',
    tests: CRASH,
  },
  {
    breaks: 'the name of the journal folder is not made durable',
    file: 'src/storage/journal.ts',
    text: '      this.#files.syncFolder(dirname(this.#folder));\n',
    becomes: '',
    tests: CRASH,
  },
  {
    breaks: 'a failed batch is not cut off',
    file: 'src/storage/journal.ts',
    text: '      this.#files.truncate(this.#fd, this.#length);\n',
    becomes: '',
    tests: CRASH,
  },
  {
    breaks: 'what was cut off is not made durable',
    file: 'src/storage/journal.ts',
    text: '      this.#files.fsync(this.#fd);\n',
    becomes: '',
    tests: CRASH,
  },
  {
    breaks: 'frames of an older owner are taken after those of a newer one',
    file: 'src/storage/journalReader.ts',
    text: 'if (frame.epoch < this.#epoch) throw staleEpoch(segment, frame);',
    becomes: '',
    tests: STORAGE,
  },
  {
    breaks: 'who takes over trusts what it read of the journal before',
    file: 'src/storage/memoryFollower.ts',
    text: ' && memory.reader.isUnchanged) {',
    becomes: ') {',
    tests: STORAGE,
  },
  {
    breaks: 'who takes over trusts the memory.db that it read before',
    file: 'src/storage/memoryFollower.ts',
    text: 'return !hasLog && sameFile(database, this.#files.stat(this.#layout.database));',
    becomes: 'return !hasLog && database !== null;',
    tests: STORAGE,
  },
  {
    breaks: 'frames of an older owner are taken after the checkpoint of a newer one',
    file: 'src/storage/recovery.ts',
    text: 'new JournalReader(files, layout.journalFolder, applied, image.epoch)',
    becomes: 'new JournalReader(files, layout.journalFolder, applied)',
    tests: STORAGE,
  },
  {
    breaks: 'a frame is taken whatever its checksum says',
    file: 'src/storage/frame.ts',
    text: "if (line.toString('latin1', 0, CRC_DIGITS) !== crcDigits(json)) return null;",
    becomes: '',
    tests: STORAGE,
  },
  {
    breaks: 'a temporary file is renamed before it is on disk',
    file: 'src/storage/files.ts',
    text: '    files.fsync(fd);\n',
    becomes: '',
    tests: CRASH,
  },
  {
    breaks: 'segments are deleted before the rename is durable',
    file: 'src/storage/store.ts',
    text: '    makeInstalledDurable(this.#files, this.#layout);\n',
    becomes: '',
    tests: CRASH,
  },
  {
    breaks: 'memory.db is overwritten in place',
    file: 'src/storage/checkpoint.ts',
    text: '    renamePersistently(files, layout.databaseTemp, layout.database);\n',
    becomes:
      '    writeDurably(files, layout.database, files.readAll(layout.databaseTemp));\n    files.unlink(layout.databaseTemp);\n',
    tests: CRASH,
  },
  {
    breaks: 'memory.db is replaced although somebody changed it',
    file: 'src/storage/checkpoint.ts',
    text: 'if (sameFile(files.stat(layout.database), expected)) return;',
    becomes: 'if (files !== undefined) return;',
    tests: STORAGE,
  },
  {
    breaks: 'a segment is deleted that the checkpoint does not cover',
    file: 'src/storage/journal.ts',
    text: 'if (isOpen || next - 1 > throughSequence) break;',
    becomes: 'if (isOpen || next - 2 > throughSequence) break;',
    tests: STORAGE,
  },
  {
    breaks: 'the idempotency record is not written with the rest',
    file: 'src/memory/onceOnly.ts',
    text: 'return { change: { rows: [...rows, record, ...expired] }, answer };',
    becomes: 'return { change: { rows: [...rows, ...expired] }, answer };',
    tests: CRASH,
  },
  {
    breaks: 'what was remembered of undone rows is believed',
    file: 'src/storage/store.ts',
    text: '      this.#forget();\n      throw error;\n    }\n  }\n\n  /** Runs `work` as a transaction that is undone',
    becomes: '      throw error;\n    }\n  }\n\n  /** Runs `work` as a transaction that is undone',
    tests: 'test/unit/{storage,worker}/*.test.ts',
  },
  {
    breaks: 'callers are answered before the journal',
    file: 'src/worker/writeQueue.ts',
    text: '      this.#inFlight = batch.length;\n',
    becomes:
      '      this.#inFlight = batch.length;\n      this.#answer(batch, batch.map(() => ({ answer: null, change: null })), undefined);\n',
    tests: WORKER,
  },
  {
    breaks: 'the queue goes on behind a journal that its image lacks',
    file: 'src/worker/writeQueue.ts',
    text: '    if (committed.isLost === true) this.#giveUp(committed.error ?? restarting());\n',
    becomes: '',
    tests: WORKER,
  },
  {
    breaks: 'two processes hold the lock at once',
    file: 'src/worker/ownership.ts',
    text: 'if (!files.tryLock(fd, LOCK_OFFSET, 1))',
    becomes: 'if (!files.tryLock(fd, LOCK_OFFSET + Math.floor(Math.random() * 1e6), 1))',
    tests: WORKER,
  },
  {
    breaks: 'folders that a killed owner made are not made durable by the next',
    file: 'src/worker/dataDirectory.ts',
    text: '      files.syncFolder(dirname(path));\n',
    becomes: '',
    tests: CRASH,
  },
  {
    breaks: 'a batch that SQLite took back goes on with the commands that still fit',
    file: 'src/worker/commit.ts',
    text: '    if (endsTransaction(error)) throw error;\n',
    becomes: '',
    tests: 'test/unit/worker/commit.test.ts',
  },
  {
    breaks: 'a command that fails half way leaves the rows it had written',
    file: 'src/storage/image.ts',
    text: "undo: ['ROLLBACK TO part', 'RELEASE part']",
    becomes: "undo: ['RELEASE part']",
    tests: STORAGE,
  },
  {
    breaks: 'a new owner goes on with the epoch of the one before',
    file: 'src/storage/store.ts',
    text: 'const epoch = taken.epoch + 1;',
    becomes: 'const epoch = Math.max(1, taken.epoch);',
    tests: WORKER,
  },
  {
    breaks: 'missing frames are passed over',
    file: 'src/storage/journalReader.ts',
    text: 'if (frame.seq !== nextSequence) throw gap(segment, nextSequence - 1, frame.seq);',
    becomes: '',
    tests: STORAGE,
  },
  {
    breaks: 'a journal that was deleted or replaced is still written to, or cut back',
    file: 'src/storage/journal.ts',
    text: 'if (this.#inodeOnDisk() !== this.#inode) throw new SegmentGone(this.#segment?.path ?? this.#folder);',
    becomes: '',
    tests: STORAGE,
  },
  {
    breaks: 'memory.db is not looked at again before it is replaced',
    file: 'src/storage/checkpoint.ts',
    text: '  assertUnchanged(files, layout, expected);\n  let guard',
    becomes: '  let guard',
    tests: STORAGE,
  },
  {
    breaks: 'another request with the same idempotency key gets the first one’s answer',
    file: 'src/memory/onceOnly.ts',
    text: 'if (request.payloadHash !== payloadHash) throw keyConflict();',
    becomes: '',
    tests: MEMORY,
  },
  {
    breaks: 'a clock that jumps ahead clears fresh idempotency records',
    file: 'src/protocol/limits.ts',
    text: 'MIN_REQUESTS_KEPT = 10_000',
    becomes: 'MIN_REQUESTS_KEPT = 0',
    tests: STORAGE,
  },
  {
    breaks: 'a dead writer thread leaves calls without an answer',
    file: 'src/worker/writerClient.ts',
    text: 'if (this.#end !== null) return Promise.reject(gone());',
    becomes: '',
    tests: WORKER,
  },
  {
    breaks: 'the queue is not bounded',
    file: 'src/worker/writerClient.ts',
    text: 'if (isFull || hasTooMuch) return Promise.reject(overloaded(this.#pending.size));',
    becomes: '',
    tests: WORKER,
  },
  {
    breaks: 'damage in the middle of a segment is taken for a torn end, and cut off',
    file: 'src/storage/frame.ts',
    text: 'damaged: !isTorn(bytes.subarray(start), missing)',
    becomes: 'damaged: missing < 0',
    tests: STORAGE,
  },
  {
    breaks: 'frames of a write-ahead log are merged whatever their checksums say',
    file: 'src/storage/wal.ts',
    text: 'if (page === 0 || !isSum(log, offset + FRAME_CHECKSUM_OFFSET, sum)) throw damaged(path, offset);',
    becomes: '',
    tests: STORAGE,
  },
  {
    breaks: 'what a write-ahead log does not commit is merged',
    file: 'src/storage/wal.ts',
    text: '    if (frame.pagesAfterCommit === 0) continue;\n',
    becomes: '',
    tests: STORAGE,
  },
  {
    breaks: 'a write-ahead log is deleted before its pages are on disk',
    file: 'src/storage/walTakeover.ts',
    text: '    this.#files.truncate(fd, pageCount * pageSize);\n    this.#files.fsync(fd);\n',
    becomes: '    this.#files.truncate(fd, pageCount * pageSize);\n',
    tests: CRASH,
  },
  {
    breaks: 'an owner serves what was moved behind the blocks of others before it is in memory.db',
    file: 'src/storage/takeover.ts',
    text: 'image.isMigrated || opened.moved.length > 0;',
    becomes: 'image.isMigrated;',
    tests: STORAGE,
  },
  {
    breaks: 'a retry is told the old place of a memory that was moved',
    file: 'src/memory/rebase.ts',
    text: "    if (table === 'greeum_requests') values[REQUEST.answer] = this.#answer(textOf(given[REQUEST.answer]));\n",
    becomes: '',
    tests: STORAGE,
  },
  {
    breaks: 'the doctor deletes the journal before the new file is in its place',
    file: 'src/storage/doctor/repairMemory.ts',
    text: '    writeDatabase(files, layout, image, journal.lastSequence);\n',
    becomes:
      '    for (const { path } of journal.segments) files.unlink(path);\n    writeDatabase(files, layout, image, journal.lastSequence);\n',
    tests: CRASH,
  },
  {
    breaks: 'the doctor keeps no copy of what it replaces',
    file: 'src/storage/doctor/repairMemory.ts',
    text: '    if (identity !== null) backup.copy(layout.database);\n',
    becomes: '',
    tests: CRASH,
  },
  {
    breaks: 'the doctor makes a new database where the journal holds only the end of a memory',
    file: 'src/storage/doctor/repairMemory.ts',
    text: 'if (!isWholeStory(journal)) {',
    becomes: 'if (journal === null) {',
    tests: WORKER,
  },
  {
    breaks: 'the doctor takes a bit for the flipped one that no hash proves',
    file: 'src/worker/mendBlocks.ts',
    text: '        : matchingFormula({ ...fields, [FIELD[column]]: value }, hash) !== null;',
    becomes: '        : matchingFormula({ ...fields, [FIELD[column]]: value }, hash) !== undefined;',
    tests: WORKER,
  },
  {
    breaks: 'a caller of the owner who gives up is told that nothing was written',
    file: 'src/worker/patience.ts',
    text: 'if (!isWriteOperation(operation)) return error;',
    becomes: 'if (operation !== undefined) return error;',
    tests: WORKER,
  },
];
