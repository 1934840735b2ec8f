import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import * as vscode from 'vscode';
import type { DoctorReport } from '../../../src/protocol/doctor.js';
import type { ReindexResult, VerifyResult } from '../../../src/protocol/operations.js';
import type { ImportSummary } from '../../../src/transfer/index.js';
import { waitFor } from '../harness/waitFor.js';
import { answerDialogs, cancelProgress } from './dialogs.js';
import { addMemory, pressEnterUntil, run, services } from './editor.js';
import { dataDir } from './memoryFile.js';

describe('long work', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'greeum-work-'));
    await addMemory('Long work has something to work on.');
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it('verifies every hash and reference', async () => {
    const result = await run<VerifyResult>('greeum.verifyMemories');
    assert.deepEqual([result.ok, result.problems], [true, []]);
    assert.ok(result.blocks > 0);
  });

  it('examines the data folder beside the worker', async () => {
    const report = await run<DoctorReport>('greeum.checkDataFolder');
    assert.deepEqual([report.data_dir, report.ok, report.repair], [dataDir(), true, null]);
    assert.match(JSON.stringify(report.findings), /lock/);
  });

  it('exports what the person chooses to a file that is whole or not there', async () => {
    const file = path.join(folder, 'memories.jsonl');
    const count = await pressEnterUntil('the export', run<number>('greeum.exportMemories', vscode.Uri.file(file)));
    const [start, ...memories] = (await readFile(file, 'utf8')).trimEnd().split('\n');
    assert.equal(start, '{"greeum_export":1}');
    assert.equal(memories.filter((line) => line.startsWith('{"id":')).length, count);
  });

  it('refuses to export into the memory itself', async () => {
    const file = path.join(dataDir(), 'memories.jsonl');
    const exporting = run('greeum.exportMemories', vscode.Uri.file(file));
    assert.equal(await pressEnterUntil('the export to end', exporting), undefined);
    await assert.rejects(readFile(file));
  });

  it('that is cancelled: an import stops behind a whole batch, and importing again brings the rest once', async () => {
    const { session } = await services();
    const count = async (): Promise<number> => {
      const texts: string[] = [];
      for (let before: number | undefined; ;) {
        const page = await session.service.call('list_memories', { limit: 1_000, ...(before && { before }) });
        texts.push(...page.memories.map(({ context }) => context));
        if (page.next_before === null) return new Set(texts.filter((text) => /^Puffin \d+/.test(text))).size;
        before = page.next_before;
      }
    };
    const file = path.join(folder, 'puffins.jsonl');
    const lines = Array.from({ length: PUFFINS }, (_, at) => JSON.stringify({ content: `Puffin ${at} digs.` }));
    await writeFile(file, lines.join('\n'));
    const dialogs = answerDialogs('Import');
    const cancelling = cancelProgress('importing', async () => (await count()) > 0);
    try {
      assert.equal(await run('greeum.importMemories', vscode.Uri.file(file)), undefined);
    } finally {
      cancelling.stop();
    }
    try {
      assert.ok(cancelling.pressed);
      const first = await count();
      assert.ok(first > 0 && first < PUFFINS, String(first));
      const [last] = dialogs.shown.slice(-1);
      assert.deepEqual(last?.buttons, ['Go On']);
      const { added, present } = await run<ImportSummary>('greeum.importMemories', vscode.Uri.file(file));
      assert.deepEqual([added, present, await count()], [PUFFINS - first, first, PUFFINS]);
    } finally {
      dialogs.stop();
    }
  });

  it('that is cancelled: an export leaves no file, and none of its own beside it', async () => {
    const file = path.join(folder, 'cancelled.jsonl');
    const cancelling = cancelProgress('exporting', () => true);
    try {
      const exporting = run('greeum.exportMemories', vscode.Uri.file(file));
      assert.equal(await pressEnterUntil('the export to end', exporting), undefined);
    } finally {
      cancelling.stop();
    }
    assert.ok(cancelling.pressed);
    assert.deepEqual(
      (await readdir(folder)).filter((name) => name.includes('cancelled')),
      [],
    );
  });

  it('that is cancelled: a verification tells nothing, and the next one is whole', async () => {
    const dialogs = answerDialogs();
    const cancelling = cancelProgress('verifying', () => true);
    try {
      assert.equal(await run('greeum.verifyMemories'), undefined);
    } finally {
      cancelling.stop();
      dialogs.stop();
    }
    assert.ok(cancelling.pressed);
    assert.deepEqual(dialogs.shown, []);
    assert.equal((await run<VerifyResult>('greeum.verifyMemories')).ok, true);
  });

  it('that is cancelled: a search index that is built again leaves the one before it, and the next one is whole', async () => {
    const { session } = await services();
    const cancelling = cancelProgress('search index', () => true);
    try {
      assert.equal(await run('greeum.rebuildIndex'), undefined);
    } finally {
      cancelling.stop();
    }
    assert.ok(cancelling.pressed);
    const found = async (): Promise<number> =>
      (await session.service.call('search_memory', { query: 'puffin digs', limit: 20 })).results.length;
    const before = await found();
    assert.ok(before > 0);
    const { memories } = await pressUntilItRuns();
    assert.equal(memories, (await session.service.call('get_memory_stats', {})).blocks);
    assert.equal(await found(), before);
  });

  it('that cannot begin: vectors without a model', async () => {
    const dialogs = answerDialogs();
    try {
      assert.equal(await run('greeum.rebuildVectors'), undefined);
    } finally {
      dialogs.stop();
    }
    assert.match(dialogs.shown[0]?.message ?? '', /No model is chosen/);
  });

  it('that is cancelled: an examination of the folder ends with its process', async function () {
    // Windows has no ps.
    if (process.platform === 'win32') this.skip();
    const dialogs = answerDialogs();
    const cancelling = cancelProgress('checking', async () => (await doctors()).length > 0);
    try {
      assert.equal(await run('greeum.checkDataFolder'), undefined);
    } finally {
      cancelling.stop();
      dialogs.stop();
    }
    assert.ok(cancelling.pressed);
    await waitFor('the process to end', async () => (await doctors()).length === 0);
    assert.deepEqual(dialogs.shown, []);
  });
});

/** The one that was cancelled may not have heard of it yet: until then another is refused. */
async function pressUntilItRuns(): Promise<ReindexResult> {
  const dialogs = answerDialogs();
  try {
    return await waitFor(
      'a new search index',
      async () => (await run<ReindexResult | undefined>('greeum.rebuildIndex')) ?? false,
    );
  } finally {
    dialogs.stop();
  }
}

/** So many that an import of them is not over with its first batch. */
const PUFFINS = 3_000;

/** Processes that this one started to examine a folder. */
async function doctors(): Promise<string[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'ppid=,stat=,args=']);
  return stdout.split('\n').filter((line) => {
    const [, parent, state, args] = /^ *(\d+) +(\S+) +(.*)$/.exec(line) ?? [];
    return Number(parent) === process.pid && state?.startsWith('Z') === false && args?.includes(' doctor ') === true;
  });
}
