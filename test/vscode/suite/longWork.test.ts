import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { DoctorReport } from '../../../src/protocol/doctor.js';
import type { VerifyResult } from '../../../src/protocol/operations.js';
import { addMemory, pressEnterUntil, run } from './editor.js';
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
});
