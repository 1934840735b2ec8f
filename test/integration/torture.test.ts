import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';

import type { TortureReport } from '../../src/torture/options.js';
import { greeum, scratchFolder } from '../support/greeumProcess.js';

const SEED = Number(process.env['TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

describe(`torture (TEST_SEED=${SEED})`, () => {
  let folder: ReturnType<typeof scratchFolder>;

  beforeEach(() => {
    folder = scratchFolder();
  });

  afterEach(() => {
    folder.remove();
  });

  it('kills owners, clients and those who wait, and finds every acknowledged write once and whole', async function () {
    this.timeout(300_000);
    const args = ['torture', '--rounds', '8', '--clients', '4', '--kill-rate', '25', '--seed', String(SEED), '--json'];
    const { status, stdout, stderr } = await greeum([...args, '--data-dir', folder.path]);
    const report = JSON.parse(stdout) as TortureReport;
    assert.equal(status, 0, `${stdout}\n${stderr}`);
    assert.ok(report.acknowledged >= 8 * 20);
    assert.equal(report.found, report.acknowledged);
    assert.deepEqual(
      { doubled: report.doubled, missing: report.missing, half: report.half, changed: report.changedAnswers },
      { doubled: 0, missing: 0, half: 0, changed: 0 },
    );
    assert.deepEqual(report.problems, []);
    assert.ok(report.kills > 0);
  });

  it('refuses a directory that is not empty, and leaves it as it is', async () => {
    await greeum(['memory', 'add', 'mine', '--data-dir', folder.path]);
    const before = readdirSync(folder.path);
    const { status, stdout } = await greeum(['torture', '--json', '--data-dir', folder.path]);
    assert.equal(status, 1);
    assert.equal((JSON.parse(stdout) as { error: { code: string } }).error.code, 'invalid_argument');
    assert.deepEqual(readdirSync(folder.path), before);
  });
});
