/** What the doctor looks at, and what it finds. Reads only. */

import { rebase } from '../memory/rebase.js';
import { ALTERED, verifyRows } from '../memory/verify.js';
import type { DoctorArea, DoctorFinding } from '../protocol/doctor.js';
import { GreeumError } from '../protocol/errors.js';
import type { VerifyProblem } from '../protocol/operations.js';
import { checkIndex, checkSlots } from '../storage/doctor/companions.js';
import { examineImage, type ImageOnDisk } from '../storage/doctor/imageState.js';
import { isWholeStory, scanJournal, type JournalScan } from '../storage/doctor/journalScan.js';
import { checkPermissions, findDiscovery, findLeftovers } from '../storage/doctor/surroundings.js';
import { integer, loadEngine, text, type Sql } from '../storage/engine.js';
import { errnoOf, sameFile, type Files } from '../storage/files.js';
import type { Image } from '../storage/image.js';
import type { Layout } from '../storage/layout.js';
import { openMemory, type OpenedMemory } from '../storage/recovery.js';
import { readState } from '../storage/schema.js';
import { verifyInput } from '../storage/verifyRows.js';
import type { FoundHoldings } from './doctorTeam.js';
import { findMendings } from './mendBlocks.js';
import { whoOwns } from './ownership.js';

const READ_ATTEMPTS = 10;

export interface Examination {
  readonly findings: readonly DoctorFinding[];
  /** Image and journal do not make a memory that opens. */
  readonly needsRepair: boolean;
  readonly isIndexDamaged: boolean;
  readonly isSlotsFileDamaged: boolean;
  /** Null: the memory does not open. */
  readonly holdings: FoundHoldings | null;
}

/** @param isOwner the caller holds the ownership lock itself */
export async function examine(files: Files, dataDir: string, layout: Layout, isOwner: boolean): Promise<Examination> {
  const nothing = { needsRepair: false, isIndexDamaged: false, isSlotsFileDamaged: false, holdings: null };
  const directory = checkDirectory(files, dataDir, layout);
  if (directory.severity !== 'ok') return { findings: [directory], ...nothing };
  const permissions = attempt('permissions', () => checkPermissions(dataDir, layout));
  const lock = isOwner ? ownLock() : attempt('lock', () => [checkLock(files, layout)]);
  const isFree = isOwner || lock[0]?.severity === 'ok';
  const memory = await whileStill(files, layout, () => examineMemory(files, layout, isFree));
  const around = attempt('leftovers', () => checkSurroundings(files, dataDir, layout, isFree));
  return { ...memory, findings: [directory, ...permissions, ...lock, ...memory.findings, ...around] };
}

/** A checkpoint of a living owner may move the files while they are read: then they are read again. */
async function whileStill<T>(files: Files, { database }: Layout, read: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    const before = files.stat(database);
    try {
      const result = await read();
      if (attempt >= READ_ATTEMPTS || sameFile(before, files.stat(database))) return result;
    } catch (error) {
      if (attempt >= READ_ATTEMPTS || errnoOf(error) !== 'ENOENT') throw error;
    }
  }
}

function checkDirectory(files: Files, dataDir: string, { folder }: Layout): DoctorFinding {
  const area = 'data directory';
  const is = (severity: DoctorFinding['severity'], sentence: string): DoctorFinding => ({
    area,
    severity,
    sentence,
    remedy: null,
  });
  const isFolder = files.isFolder(dataDir);
  if (isFolder === null) {
    return is('warning', `${dataDir} does not exist. Create it, mount its disk, or choose another with --data-dir.`);
  }
  if (!isFolder) return is('damage', `${dataDir} is a file, not a folder.`);
  if (files.isFolder(folder) === null) return is('note', `${dataDir} holds no memory yet.`);
  if (files.isFolder(folder) === false) return is('damage', `${folder} is a file, not a folder.`);
  try {
    files.requireWritable(folder);
  } catch {
    // Whatever forbids it: reading works, writing does not.
    return is('damage', `${folder} cannot be written to. Give yourself the right to.`);
  }
  return is('ok', `The memory lies in ${folder}.`);
}

function ownLock(): DoctorFinding[] {
  return [{ area: 'lock', severity: 'ok', sentence: 'The doctor holds the lock.', remedy: null }];
}

function checkLock(files: Files, { lock }: Layout): DoctorFinding {
  const owner = whoOwns(files, lock);
  if (owner === null) return { area: 'lock', severity: 'ok', sentence: 'Nobody owns the directory now.', remedy: null };
  const who = owner.pid === null ? 'Another process' : `Process ${owner.pid}`;
  const sentence = `${who} owns the directory; --fix needs it stopped ("greeum worker stop", or close VS Code).`;
  return { area: 'lock', severity: 'note', sentence, remedy: null };
}

async function examineMemory(files: Files, layout: Layout, isFree: boolean): Promise<Examination> {
  const sqljs = await loadEngine();
  const disk = examineImage(files, sqljs, layout.database);
  const { state } = disk;
  const journal = scanJournal(files, layout.journalFolder, {
    applied: state.kind === 'whole' ? state.applied : state.kind === 'missing' ? 0 : null,
    minEpoch: state.kind === 'whole' ? state.epoch : 0,
  });
  // What another program left unfinished the owner may be able to take over.
  const canOpen = ['whole', 'missing', 'busy'].includes(state.kind) && journal.damages.length === 0;
  const { opened, failure } = canOpen ? await tryOpen(files, layout) : { opened: null, failure: null };
  try {
    const image = checkImage(files, layout, disk, journal, opened);
    const index = attempt('index', () => [checkIndex(files, layout.index, opened?.image.sql ?? null)]);
    const slots = attempt('slots', () => [checkSlots(files, sqljs, layout.slots)]);
    const fits = failure === null || state.kind === 'busy' ? [] : [failure];
    const findings = [...checkJournal(journal, isFree), ...image, ...fits, ...index, ...slots];
    return {
      findings,
      needsRepair: findings.some(
        ({ area, severity, remedy }) =>
          severity === 'damage' && remedy !== null && (area === 'image' || area === 'journal'),
      ),
      isIndexDamaged: isDamaged(index),
      isSlotsFileDamaged: isDamaged(slots),
      holdings: opened === null ? null : holdingsOf(opened.image.sql),
    };
  } finally {
    opened?.image.close();
  }
}

function holdingsOf(sql: Sql): FoundHoldings {
  const newest = sql.get('SELECT block_index, hash FROM blocks ORDER BY block_index DESC LIMIT 1');
  return {
    teamState: readState(sql, 'team'),
    blockCount: integer(sql.get('SELECT count(*) FROM blocks')?.[0]),
    newestBlock: newest === undefined ? null : { blockIndex: integer(newest[0]), hash: text(newest[1]) },
  };
}

function isDamaged(findings: readonly DoctorFinding[]): boolean {
  return findings.some(({ severity, remedy }) => severity === 'damage' && remedy !== null);
}

async function tryOpen(
  files: Files,
  layout: Layout,
): Promise<{ opened: OpenedMemory | null; failure: DoctorFinding | null }> {
  try {
    return { opened: await openMemory(files, layout, { rebase }), failure: null };
  } catch (error) {
    const known = GreeumError.from(error);
    const isMisfit = known.code === 'database_changed';
    const remedy = isMisfit ? 'apply what fits, and report what does not' : null;
    return { opened: null, failure: { area: 'image', severity: 'damage', sentence: known.message, remedy } };
  }
}

function checkJournal({ segments, frames, damages, tornBytes }: JournalScan, isFree: boolean): DoctorFinding[] {
  const remedy =
    'apply every intact frame, write memory.db anew, and move the journal into backups; what is lost is named';
  const findings = damages.map((sentence): DoctorFinding => ({
    area: 'journal',
    severity: 'damage',
    sentence,
    remedy,
  }));
  if (damages.length === 0) {
    const sentence = `${segments.length} segments; ${frames.length} frames are not in memory.db yet.`;
    findings.push({ area: 'journal', severity: 'ok', sentence, remedy: null });
  }
  // Of a living owner it is a write under way.
  if (tornBytes > 0 && isFree) {
    const sentence =
      `The last ${tornBytes} bytes are a write that never ended and was never acknowledged. That is harmless; ` +
      'the next owner cuts it off.';
    findings.push({ area: 'journal', severity: 'note', sentence, remedy: null });
  }
  return findings;
}

function checkImage(
  files: Files,
  layout: Layout,
  { state }: ImageOnDisk,
  journal: JournalScan,
  opened: OpenedMemory | null,
): DoctorFinding[] {
  const is = (severity: DoctorFinding['severity'], sentence: string, remedy: string | null = null): DoctorFinding[] => [
    { area: 'image', severity, sentence, remedy },
  ];
  switch (state.kind) {
    case 'busy':
      return opened === null ? is('warning', state.sentence) : checkRows(opened);
    case 'newer':
      return is('warning', state.sentence);
    case 'damaged':
      return is(
        'damage',
        state.sentence,
        'copy every row that can be read into a new memory.db, then apply the journal',
      );
    case 'unreadable':
      if (isWholeStory(scanJournal(files, layout.journalFolder, { applied: 0 }))) {
        return is('damage', state.sentence, REBUILD);
      }
      return is('damage', `${state.sentence} Not one row can be read, so nothing can be done: restore a backup.`);
    case 'missing': {
      if (isWholeStory(journal)) return is('damage', `${layout.database} is missing.`, REBUILD);
      const wasHere =
        journal.segments.length > 0 || files.stat(layout.index) !== null || files.stat(layout.slots) !== null;
      if (!wasHere) return is('note', 'There is no memory.db yet; the first write makes it.');
      return is('damage', `${layout.database} is missing, and nothing holds all of it: restore a backup.`);
    }
    case 'whole':
      if (opened === null) return is('ok', `memory.db is whole: ${state.blocks} memories. The journal comes on top.`);
      return checkRows(opened);
  }
}

const REBUILD = 'write memory.db anew from the journal, which is complete from its first frame';

function checkRows({ image }: OpenedMemory): DoctorFinding[] {
  const { ok, blocks, problems } = verifyRows(verifyInput(image.sql));
  if (ok) {
    const sentence = `memory.db is whole: ${blocks} memories with the journal, one unbroken chain.`;
    return [{ area: 'image', severity: 'ok', sentence, remedy: null }];
  }
  const altered = problems.filter(({ problem }) => problem === ALTERED);
  const others = problems.length - altered.length;
  const findings: DoctorFinding[] = [];
  if (others > 0) {
    const sentence =
      `memory.db can be read: ${blocks} memories. ${others} references do not lead where they should ` +
      '("greeum verify" lists them): memories that were lost or changed earlier.';
    findings.push({ area: 'image', severity: 'warning', sentence, remedy: null });
  }
  return altered.length > 0 ? [...findings, checkAltered(image, altered)] : findings;
}

function checkAltered(image: Image, altered: readonly VerifyProblem[]): DoctorFinding {
  const list = altered.slice(0, 10).map(({ block_index }) => `#${block_index}`);
  const mendable = findMendings(image.sql).length;
  return {
    area: 'image',
    severity: 'damage',
    sentence: `${altered.length} memories are not what was written: ${list.join(', ')}. A backup may have them.`,
    remedy: mendable > 0 ? `mend ${mendable} in which one bit was flipped: their hashes tell which` : null,
  };
}

function checkSurroundings(files: Files, dataDir: string, layout: Layout, isFree: boolean): DoctorFinding[] {
  if (!isFree) return [];
  const findings: DoctorFinding[] = [];
  for (const path of findDiscovery(files, dataDir)) {
    const sentence = `${path} was left by an owner that is gone.`;
    findings.push({ area: 'discovery', severity: 'warning', sentence, remedy: 'move it into backups' });
  }
  const leftovers = findLeftovers(files, dataDir, layout);
  if (leftovers.length > 0) {
    const sentence = `Writes that never ended left ${leftovers.join(', ')}.`;
    findings.push({ area: 'leftovers', severity: 'warning', sentence, remedy: 'move them into backups' });
  }
  if (findings.length > 0) return findings;
  return [{ area: 'leftovers', severity: 'ok', sentence: 'Dead owners left nothing behind.', remedy: null }];
}

/** A check that cannot be made is a finding, not the end. */
function attempt(area: DoctorArea, check: () => DoctorFinding[]): DoctorFinding[] {
  try {
    return check();
  } catch (error) {
    const sentence = `This could not be checked: ${error instanceof Error ? error.message : 'unknown error'}.`;
    return [{ area, severity: 'warning', sentence, remedy: null }];
  }
}
