/**
 * Entry of `dist/doctor.js`: examines a data directory, and with `fix` repairs what can be repaired. A repair holds the
 * ownership lock, so nobody writes meanwhile; an examination takes no lock and changes nothing.
 */

import type { DoctorFinding, DoctorModule, DoctorOptions, DoctorRepair, DoctorReport } from '../protocol/doctor.js';
import { Backup } from '../storage/doctor/backup.js';
import { examineImage } from '../storage/doctor/imageState.js';
import { repairMemory } from '../storage/doctor/repairMemory.js';
import { closePath, findLeftovers, findOpenPaths, findTraces } from '../storage/doctor/surroundings.js';
import { loadEngine } from '../storage/engine.js';
import { nodeFiles } from '../storage/files.js';
import { layoutOf, type Layout } from '../storage/layout.js';
import { examine, type Examination } from './doctorChecks.js';
import { OwnershipLock } from './ownership.js';

/** @throws GreeumError `lock_busy` for a fix while somebody else owns the directory, `data_dir_unwritable` */
export async function runDoctor({ dataDir, fix }: DoctorOptions): Promise<DoctorReport> {
  const layout = layoutOf(dataDir);
  // Compiled before the lock is taken: others wait for it.
  await loadEngine();
  // There is nothing to lock, and nothing to repair, where there is no memory.
  if (!fix || nodeFiles.isFolder(layout.folder) !== true) {
    const { findings } = await examine(nodeFiles, dataDir, layout, false);
    return { data_dir: dataDir, ok: isSound(findings), findings, repair: null };
  }
  const lock = OwnershipLock.acquire(nodeFiles, layout.lock, { pid: process.pid, role: 'worker' });
  try {
    const before = await examine(nodeFiles, dataDir, layout, true);
    const repair = await repairAll(dataDir, layout, before);
    return { data_dir: dataDir, ok: isSound(repair.findings), findings: before.findings, repair };
  } finally {
    lock.release();
  }
}

function isSound(findings: readonly DoctorFinding[]): boolean {
  return findings.every(({ severity }) => severity !== 'damage');
}

async function repairAll(dataDir: string, layout: Layout, before: Examination): Promise<DoctorRepair> {
  const backup = new Backup(nodeFiles, layout.folder, Date.now());
  const done: string[] = [];
  const lost: string[] = [];
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
      const notes = repairMemory(nodeFiles, sqljs, layout, examineImage(nodeFiles, sqljs, layout.database), backup);
      done.push(...notes.done);
      lost.push(...notes.lost);
    });
  }
  const aside = [
    ...(before.isIndexDamaged ? [layout.index] : []),
    ...(before.isSlotsFileDamaged ? [layout.slots] : []),
    ...findTraces(dataDir, layout),
    ...findLeftovers(nodeFiles, dataDir, layout),
  ];
  for (const path of aside) {
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
  const { findings } = await examine(nodeFiles, dataDir, layout, true);
  return { backup: backup.path, done, lost, findings };
}

// The bundle is loaded by file path; this is its whole surface.
module.exports = { runDoctor } satisfies DoctorModule;
