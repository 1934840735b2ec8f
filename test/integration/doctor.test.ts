import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { DoctorReport } from '../../src/protocol/doctor.js';
import { nodeFiles } from '../../src/storage/files.js';
import { layoutOf } from '../../src/storage/layout.js';
import { openMemory } from '../../src/storage/recovery.js';
import { cliPath, greeum, scratchFolder, WorkerProcess } from '../support/greeumProcess.js';
import { WorkerCalls } from '../support/workerCalls.js';

const COUNT = 30;

/** Real directories, real processes, the built command. */
describe('greeum doctor', function () {
  this.timeout(120_000);
  let folder: ReturnType<typeof scratchFolder>;
  let dataDir: string;
  let worker: WorkerProcess | null;

  beforeEach(async () => {
    folder = scratchFolder();
    dataDir = join(folder.path, 'memory');
    worker = await WorkerProcess.start(dataDir);
    const calls = new WorkerCalls(dataDir);
    for (let number = 0; number < COUNT; number += 1) await calls.add(`memory number ${number}`);
  });

  afterEach(async () => {
    await worker?.end('SIGKILL');
    folder.remove();
  });

  async function killWorker(): Promise<void> {
    await worker?.end('SIGKILL');
    worker = null;
  }

  async function doctor(...args: string[]): Promise<{ status: number | null; report: DoctorReport }> {
    const { status, stdout, stderr } = await greeum(['doctor', '--json', '--data-dir', dataDir, ...args]);
    assert.notEqual(stdout, '', stderr);
    return { status, report: JSON.parse(stdout) as DoctorReport };
  }

  function journalFile(): string {
    const journal = join(dataDir, 'data', 'journal');
    return join(journal, readdirSync(journal).sort().at(-1) ?? '');
  }

  function damage(path: string, from: number, to: number): Buffer {
    const bytes = readFileSync(path);
    bytes.fill('x', from, to);
    writeFileSync(path, bytes);
    return bytes;
  }

  async function contents(): Promise<string[]> {
    const { image } = await openMemory(nodeFiles, layoutOf(dataDir));
    const rows = image.sql.all('SELECT context FROM blocks');
    image.close();
    return rows.map(([context]) => String(context));
  }

  it('finds leftovers of a killed worker, moves them away, and a second run finds nothing', async () => {
    await killWorker();
    const before = await doctor();
    assert.equal(before.status, 0, 'a killed worker is no damage');
    assert.ok(before.report.findings.some(({ area, severity }) => area === 'discovery' && severity === 'warning'));
    const { status, report } = await doctor('--fix');
    assert.equal(status, 0);
    assert.equal(existsSync(join(dataDir, 'worker_state.json')), false);
    assert.ok(existsSync(join(report.repair?.backup ?? '', 'worker_state.json')));
    assert.equal(statSync(join(report.repair?.backup ?? '', 'worker_state.json')).mode & 0o077, 0);
    const again = await doctor('--fix');
    assert.deepEqual(again.report.repair?.done, []);
    assert.ok(again.report.findings.every(({ severity }) => severity === 'ok' || severity === 'note'));
  });

  it('tells damage by its exit status, repairs it, and says by the status that something was lost', async () => {
    await killWorker();
    const damaged = damage(journalFile(), 3_000, 3_200);
    assert.equal((await greeum(['memory', 'list', '--no-worker', '--data-dir', dataDir])).status, 1);
    assert.equal((await doctor()).status, 1);
    const { status, report } = await doctor('--fix');
    assert.equal(status, 1);
    assert.notDeepEqual(report.repair?.lost, []);
    const journal = join(report.repair?.backup ?? '', 'journal');
    assert.deepEqual(readFileSync(join(journal, readdirSync(journal)[0] ?? '')), damaged);
    assert.ok((await contents()).length >= COUNT - 2);
    assert.equal((await doctor('--fix')).status, 0);
    worker = await WorkerProcess.start(dataDir);
    await new WorkerCalls(dataDir).add('after the repair');
    assert.ok((await contents()).includes('after the repair'));
  });

  it('looks while a worker writes without disturbing it, and repairs nothing then', async () => {
    const calls = new WorkerCalls(dataDir);
    const writing = Promise.all(Array.from({ length: 100 }, (_, number) => calls.add(`meanwhile ${number}`)));
    const { status, report } = await doctor();
    assert.equal(status, 0, JSON.stringify(report.findings));
    await writing;
    const { stdout, status: refused } = await greeum(['doctor', '--fix', '--json', '--data-dir', dataDir]);
    assert.equal(refused, 1);
    assert.equal((JSON.parse(stdout) as { error: { code: string } }).error.code, 'lock_busy');
    assert.match(stdout, new RegExp(String(worker?.pid)));
  });

  it('closes what others can read', async function () {
    if (process.platform === 'win32') return this.skip();
    await killWorker();
    const token = join(dataDir, 'worker.token');
    chmodSync(token, 0o644);
    chmodSync(join(dataDir, 'data'), 0o777);
    assert.ok((await doctor()).report.findings.some(({ area, remedy }) => area === 'permissions' && remedy !== null));
    await doctor('--fix');
    assert.deepEqual([statSync(token).mode & 0o777, statSync(join(dataDir, 'data')).mode & 0o022], [0o600, 0]);
  });

  it('goes where GREEUM_DATA_DIR points, and prints for people what it found', async () => {
    await killWorker();
    const { status, stdout } = await greeum(['doctor'], { env: { GREEUM_DATA_DIR: dataDir } });
    assert.equal(status, 0);
    assert.ok(stdout.startsWith(`Data directory ${dataDir}`), stdout);
    assert.match(stdout, /Nothing is damaged/);
    assert.doesNotMatch(stdout, /memory number/, 'no text of a memory');
  });

  it('survives kill -9 at any moment: the next run ends the repair, and every intact memory is there', async () => {
    await killWorker();
    const damaged = damage(journalFile(), 3_000, 3_200);
    for (let round = 0; round < 8; round += 1) {
      const child = spawn(process.execPath, [cliPath, 'doctor', '--fix', '--data-dir', dataDir], { stdio: 'ignore' });
      await killedDuringRepair(child, join(dataDir, 'data'), round);
    }
    await doctor('--fix');
    assert.ok((await contents()).length >= COUNT - 2);
    const backups = join(dataDir, 'data', 'backups');
    const kept = readdirSync(backups, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.log'));
    assert.ok(kept.some((name) => readFileSync(join(backups, name)).equals(damaged)));
    assert.equal((await doctor()).status, 0);
  });
});

/** Kills it as soon as its next trace of work appears: the backup folder, a copy in it, the new file. */
async function killedDuringRepair(child: ChildProcess, memoryFolder: string, round: number): Promise<void> {
  const exited = once(child, 'exit');
  const signs = (): number =>
    readdirSync(memoryFolder, { recursive: true, encoding: 'utf8' }).filter((name) => !name.startsWith('run')).length;
  const before = signs();
  while (child.exitCode === null && signs() < before + 1 + (round % 4)) await new Promise(setImmediate);
  child.kill('SIGKILL');
  await exited;
}
