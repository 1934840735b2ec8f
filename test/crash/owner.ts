/** A real owner over a simulated disk, whose acknowledgements the disk's record keeps. */

import assert from 'node:assert/strict';

import { GreeumError } from '../../src/protocol/errors.js';
import {
  asAdded,
  type AddMemoryInput,
  type AddMemoryResult,
  type InputOf,
  type ResultOf,
} from '../../src/protocol/operations.js';
import { buildCheckpoint } from '../../src/storage/checkpoint.js';
import type { Sql } from '../../src/storage/engine.js';
import { layoutOf } from '../../src/storage/layout.js';
import { openMemory } from '../../src/storage/recovery.js';
import { verifyMemory } from '../../src/worker/verify.js';
import { Writer, type WriterOperation } from '../../src/worker/writer.js';
import type { CrashState } from '../support/crashExplorer.js';
import { interposed } from '../support/interposed.js';
import { CrashPoint, type SimulatedDisk } from '../support/simulatedDisk.js';

export const HOME = '/home/ada';
export const DATA_DIR = '/home/ada/.greeum';
export const LAYOUT = layoutOf(DATA_DIR, () => false);

/** What the disk's record knows of one write. */
export type Note =
  | { readonly kind: 'acknowledged'; readonly input: AddMemoryInput; readonly answer: AddMemoryResult }
  | { readonly kind: 'refused'; readonly input: AddMemoryInput }
  | { readonly kind: 'slot'; readonly summary: string };

/** An owner as the worker has it, but for its threads. */
export class TestOwner {
  readonly #disk: SimulatedDisk;
  readonly #writer: Writer;
  readonly #life: { isOver: boolean };

  private constructor(disk: SimulatedDisk, writer: Writer, life: { isOver: boolean }) {
    this.#disk = disk;
    this.#writer = writer;
    this.#life = life;
  }

  /** @param role `local` writes its checkpoints from the image, `worker` from the files */
  static async open(disk: SimulatedDisk, role: 'worker' | 'local' = 'worker'): Promise<TestOwner> {
    const life = { isOver: false };
    const files = interposed(disk, (_count, call) => {
      if (life.isOver && call !== 'close') throw new CrashPoint('This process was killed.');
    });
    const writer = await Writer.open({
      dataDir: DATA_DIR,
      role,
      files,
      createBackground: (store) => ({
        buildCheckpoint: (sequence) =>
          role === 'local' ? store.buildCheckpointHere(sequence) : buildCheckpoint(files, LAYOUT, sequence),
        verify: () => verifyMemory(files, LAYOUT),
        cancel: () => Promise.resolve(),
      }),
      log: () => undefined,
      onChange: () => undefined,
      onFatal: () => undefined,
    });
    return new TestOwner(disk, writer, life);
  }

  call<K extends WriterOperation>(operation: K, given: InputOf<K>): Promise<ResultOf<K>> {
    return this.#writer.call(operation, given, { source: 'api', caller: 'test' });
  }

  /** Adds all of them at once, so that they share batches, and notes what becomes of each. */
  async add(...contents: readonly string[]): Promise<void> {
    await Promise.all(contents.map((content) => this.#add(input(content))));
  }

  async #add(given: AddMemoryInput): Promise<void> {
    try {
      const answer = asAdded(await this.call('add_memory', given));
      this.#disk.note({ kind: 'acknowledged', input: given, answer } satisfies Note);
    } catch (error) {
      if (GreeumError.from(error).outcome !== 'not_written') return;
      this.#disk.note({ kind: 'refused', input: given } satisfies Note);
    }
  }

  /** Orderly, with a last checkpoint. */
  close(): Promise<void> {
    return this.#writer.close(60_000);
  }

  /** `kill -9`: the disk sees nothing more of it; its memory is given back. */
  async kill(): Promise<void> {
    this.#life.isOver = true;
    this.#disk.killProcesses();
    await this.#writer.close(0);
  }
}

/** A memory that has everything a memory can have. The content is the key. */
export function input(content: string): AddMemoryInput {
  return {
    content,
    importance: 0.25,
    tags: ['crash', content.split(' ')[0] ?? ''],
    project: 'durability',
    metadata: { nested: [1, null, 'two'] },
    slot: content.length % 2 === 0 ? 'A' : 'B',
    idempotency_key: content,
  };
}

/**
 * Recovers with the real owner and makes sure that everything acknowledged is there exactly once, that nothing is half
 * there or there although it was refused, that the file and every reference in it are sound, and that the memory
 * can be written to and left again.
 */
export async function assertRecovers(disk: SimulatedDisk, { notes }: CrashState): Promise<void> {
  const known = notes as readonly Note[];
  const owner = await TestOwner.open(disk);
  for (const note of known) {
    if (note.kind === 'acknowledged') {
      assert.deepEqual(await owner.call('add_memory', note.input), note.answer, 'the same key, the same answer');
    }
  }
  const after = await owner.call('add_memory', { content: 'written after the crash', slot: 'A' });
  assert.equal(after.status, 'added');
  await assertSound(disk, known);
  await owner.kill();
  const next = await TestOwner.open(disk, 'local');
  await next.close();
  await assertSound(disk, known);
  assert.equal(disk.openDescriptors, 0);
}

async function assertSound(disk: SimulatedDisk, notes: readonly Note[]): Promise<void> {
  const { image } = await openMemory(disk, LAYOUT);
  try {
    assert.deepEqual(image.sql.all('PRAGMA integrity_check'), [['ok']]);
    assertNothingHalf(image.sql);
    for (const note of notes) {
      if (note.kind === 'slot') {
        const summaries = image.sql.all('SELECT summary FROM greeum_slots ORDER BY slot_name');
        assert.deepEqual(summaries[2], [note.summary]);
        continue;
      }
      const found = image.sql.all('SELECT hash FROM blocks WHERE context = ?', [note.input.content]);
      assert.deepEqual(found, note.kind === 'acknowledged' ? [[note.answer.hash]] : [], note.input.content);
    }
  } finally {
    image.close();
  }
  const verified = await verifyMemory(disk, LAYOUT);
  assert.deepEqual(verified.problems, []);
}

/** Every block of ours has all that was written with it, and nothing is there without its block. */
function assertNothingHalf(sql: Sql): void {
  const wrong = (what: string, query: string): void => assert.deepEqual(sql.all(query), [], what);
  const count = (table: string, key: string): string =>
    `(SELECT count(*) FROM ${table} WHERE ${table}.${key} = blocks.block_index)`;
  wrong('a block twice', 'SELECT context FROM blocks GROUP BY context HAVING count(*) > 1');
  wrong('no metadata', `SELECT context FROM blocks WHERE ${count('block_metadata', 'block_index')} <> 1`);
  wrong('no node', `SELECT context FROM blocks WHERE ${count('memory_nodes', 'memory_id')} <> 1`);
  wrong('no keywords', `SELECT context FROM blocks WHERE ${count('block_keywords', 'block_index')} = 0`);
  wrong(
    'tags, project or answer missing',
    `SELECT context FROM blocks WHERE context NOT LIKE 'written after%' AND (${count('block_tags', 'block_index')} <> 2
       OR ${count('greeum_blocks', 'block_index')} <> 1
       OR NOT EXISTS (SELECT 1 FROM greeum_requests WHERE key = context AND answer LIKE '%' || hash || '%'))`,
  );
  wrong(
    'an answer without its block',
    'SELECT key FROM greeum_requests WHERE NOT EXISTS (SELECT 1 FROM blocks WHERE context = key)',
  );
  wrong(
    'a parent that does not know its child',
    `SELECT child.context FROM blocks child JOIN blocks parent ON parent.hash = child.before
     WHERE NOT EXISTS (SELECT 1 FROM json_each(parent.after) WHERE value = child.hash)`,
  );
  wrong(
    'a slot that points nowhere',
    `SELECT slot_name FROM greeum_slots WHERE anchor_block IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM blocks WHERE hash = anchor_block)`,
  );
}
