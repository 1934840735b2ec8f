/**
 * Entry of `dist/doctor.js`: examines a data directory, and with `fix` repairs what can be repaired. A repair holds the
 * ownership lock, so nobody writes meanwhile; an examination takes no lock and changes nothing.
 */

import type { DoctorFinding, DoctorOptions, DoctorRepair, DoctorReport } from '../protocol/doctor.js';
import type { StorageOptions, TeamDatabase } from '../protocol/teamLog.js';
import { Backup } from '../storage/doctor/backup.js';
import { examineImage } from '../storage/doctor/imageState.js';
import { repairMemory } from '../storage/doctor/repairMemory.js';
import { closePath, findDiscovery, findLeftovers, findOpenPaths } from '../storage/doctor/surroundings.js';
import { loadEngine, type Sql } from '../storage/engine.js';
import { nodeFiles, type Files } from '../storage/files.js';
import { layoutOf, type Layout } from '../storage/layout.js';
import { examine, type Examination } from './doctorChecks.js';
import { examineTeam } from './doctorTeam.js';
import { applyMendings, findMendings } from './mendBlocks.js';
import { LOCAL_WRITER_WAIT_MS, OwnershipLock } from './ownership.js';
import { loadTeamModule } from './teamModule.js';

/** @throws GreeumError `lock_busy` for a fix while somebody else owns the directory, `data_dir_unwritable` */
export async function runDoctor(
  { dataDir, fix, storage = null }: DoctorOptions,
  files: Files = nodeFiles,
): Promise<DoctorReport> {
  const layout = layoutOf(dataDir, (path) => files.stat(path) !== null);
  // Compiled before the lock is taken: others wait for it.
  await loadEngine();
  // There is nothing to lock, and nothing to repair, where there is no memory.
  if (!fix || files.isFolder(layout.folder) !== true) {
    const { findings: here, holdings } = await examine(files, dataDir, layout, false);
    const findings = [...here, ...(await examineTeam(holdings, databaseOf(storage)))];
    return { data_dir: dataDir, ok: isSound(findings), findings, repair: null };
  }
  const holder = { pid: process.pid, role: 'local' } as const;
  const lock = await OwnershipLock.acquireSoon(files, layout.lock, holder, LOCAL_WRITER_WAIT_MS);
  try {
    const before = await examine(files, dataDir, layout, true);
    const repair = await repairAll(files, dataDir, layout, before);
    const ok = isSound(repair.findings) && repair.lost.length === 0;
    return { data_dir: dataDir, ok, findings: before.findings, repair };
  } finally {
    lock.release();
  }
}

/** @throws GreeumError `invalid_storage_url` */
function databaseOf(storage: StorageOptions | null): TeamDatabase | null {
  return storage === null ? null : loadTeamModule(__dirname).openTeamLog(storage);
}

function mendBlocks(sql: Sql): number {
  const mendings = findMendings(sql);
  applyMendings(sql, mendings);
  return mendings.length;
}

function isSound(findings: readonly DoctorFinding[]): boolean {
  return findings.every(({ severity }) => severity !== 'damage');
}

async function repairAll(files: Files, dataDir: string, layout: Layout, before: Examination): Promise<DoctorRepair> {
  const backup = new Backup(files, layout.folder, Date.now());
  const done: string[] = [];
  const lost: string[] = [];
  /** What cannot be done is reported, and the rest is done. */
  const attempt = (what: string, work: () => void): void => {
    try {
      work();
    } catch (error) {
      lost.push(`${what} failed: ${error instanceof Error ? error.message : 'unknown error'}`);
    }
  };
  if (before.needsRepair) {
    const sqljs = await loadEngine();
    attempt('The repair of memory.db and its journal', () => {
      const disk = examineImage(files, sqljs, layout.database);
      const notes = repairMemory(files, sqljs, layout, disk, backup, mendBlocks);
      done.push(...notes.done);
      lost.push(...notes.lost);
    });
  }
  const damaged = [
    ...(before.isIndexDamaged ? [layout.index] : []),
    ...(before.isSlotsFileDamaged ? [layout.slots] : []),
  ];
  const aside = [...damaged, ...findDiscovery(files, dataDir), ...findLeftovers(files, dataDir, layout)];
  for (const path of new Set(aside).values()) {
    // The repair may have moved it already.
    if (files.stat(path) === null) continue;
    attempt(`Moving ${path} away`, () => {
      backup.move(path);
      done.push(`Moved ${path} into the backup.`);
    });
  }
  for (const open of findOpenPaths(dataDir, layout)) {
    attempt(`Closing ${open.path}`, () => {
      closePath(open);
      done.push(`Closed ${open.path} to other users.`);
    });
  }
  const { findings } = await examine(files, dataDir, layout, true);
  return { backup: backup.path, done, lost, findings };
}
