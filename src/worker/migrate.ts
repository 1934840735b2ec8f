/**
 * Entry of `dist/migrate.js`: a memory moves into a team's database, or a copy of one stays here for itself. Promise: a
 * directory changes what it is in one durable step, after all rows on both sides were found to be the same. Whatever
 * ends it before leaves the directory as it was, and in the database at most a beginning that the next run goes on from.
 */

import { rebase } from '../memory/rebase.js';
import { GreeumError } from '../protocol/errors.js';
import type {
  MigrateModule,
  MigrationOptions,
  MigrationPreview,
  MigrationProgress,
  MigrationReport,
  RowCounts,
} from '../protocol/migration.js';
import { SHARED_TABLES, type LogHead, type TeamDatabase, type TeamModule } from '../protocol/teamLog.js';
import { loadEngine } from '../storage/engine.js';
import { nodeFiles } from '../storage/files.js';
import { layoutOf, type Layout } from '../storage/layout.js';
import { openMemory } from '../storage/recovery.js';
import { readState } from '../storage/schema.js';
import { Store } from '../storage/store.js';
import { TableRows } from '../storage/tableRows.js';
import { commitChange, embeddedCommit } from './commit.js';
import { compareRows } from './compareRows.js';
import { requireDataDir } from './dataDirectory.js';
import { assertResumable, holdsAnother, moveRows, type MoveEvents } from './moveRows.js';
import { LOCAL_WRITER_WAIT_MS, OwnershipLock } from './ownership.js';
import { ports } from './ports.js';
import { takeStoredSlots } from './readerSlots.js';
import { stateRow } from './position.js';
import { Replica } from './replica.js';
import { loadTeamModule } from './teamModule.js';
import { findUnfit } from './unfitRows.js';

/** Others may write between catching up and looking; each time that is a moment. */
const COMPARISONS = 5;

type Done = Pick<MigrationReport, 'rows' | 'seq' | 'found'>;

async function migrate(options: MigrationOptions): Promise<MigrationReport> {
  const team = loadTeamModule(__dirname);
  const log = team.openTeamLog(options.storage);
  try {
    const done = await withStore(options.dataDir, (store) =>
      options.to === 'team' ? toTeam(store, log, team, options) : toHere(store, log, options),
    );
    return { to: options.to, data_dir: options.dataDir, place: log.place, ...done };
  } catch (error) {
    throw resumable(GreeumError.from(error));
  } finally {
    await log.close();
  }
}

async function withStore<T>(dataDir: string, work: (store: Store) => Promise<T>): Promise<T> {
  const layout = existingLayout(dataDir);
  // Compiled before the lock is taken: others wait for it.
  await loadEngine();
  const holder = { pid: process.pid, role: 'local' } as const;
  const lock = await OwnershipLock.acquireSoon(nodeFiles, layout.lock, holder, LOCAL_WRITER_WAIT_MS);
  try {
    const store = await Store.open(nodeFiles, layout, { nowMs: ports.nowMs(), rebase });
    try {
      return await work(store);
    } finally {
      store.close();
    }
  } finally {
    lock.release();
  }
}

/** @throws GreeumError `data_dir_missing`, `data_dir_not_a_directory` */
function existingLayout(dataDir: string): Layout {
  requireDataDir(nodeFiles, dataDir);
  const layout = layoutOf(dataDir);
  if (nodeFiles.stat(layout.database) !== null) return layout;
  throw new GreeumError('data_dir_missing', `There is no memory in ${dataDir}.`, {
    hint: 'Choose another with --data-dir or GREEUM_DATA_DIR. To join a team, its URL is all that is needed.',
  });
}

async function toTeam(store: Store, log: TeamDatabase, team: TeamModule, options: MigrationOptions): Promise<Done> {
  if (store.teamState !== null) throw isCopyAlready();
  await takeSlots(store);
  const { tableRows } = store;
  const unfit = findUnfit(tableRows, team);
  if (unfit !== null) throw unfit;
  const { head, found } = await moveRows(tableRows, log, eventsOf(options, 'writing', tableRows));
  const rows = await compared(store, log, options, (now) => {
    if (now.seq !== head.seq || now.memoryId !== head.memoryId) throw holdsAnother(log.place);
  });
  const newest = store.newestBlock;
  const block = newest === null ? null : { blockIndex: newest.blockIndex, hash: newest.hash };
  commitChange(store, { rows: [stateRow({ memory: head.memoryId, seq: head.seq, block })] }, ports.nowMs());
  return { rows, seq: head.seq, found };
}

async function toHere(store: Store, log: TeamDatabase, options: MigrationOptions): Promise<Done> {
  if (store.teamState === null) throw isNoCopy();
  if ((await log.look()) === null) throw holdsNone(log.place);
  for (let tries = 1; ; tries += 1) {
    const seq = await caughtUp(store, log);
    let isAsFar = true;
    const rows = await compared(store, log, options, (now) => (isAsFar = now.seq === seq));
    if (isAsFar) {
      commitChange(store, { rows: [['delete', 'greeum_state', 'team']] }, ports.nowMs());
      return { rows, seq, found: 0 };
    }
    if (tries === COMPARISONS) throw writtenToMeanwhile(log.place);
  }
}

/** @returns the entry that the store is at */
async function caughtUp(store: Store, log: TeamDatabase): Promise<number> {
  let fatal: GreeumError | null = null;
  const replica = new Replica(store, log, ports, {
    onEntries: () => undefined,
    onChange: () => undefined,
    onFatal: (error) => (fatal = error),
  });
  await replica.start();
  // Nothing comes into the store while it is compared.
  replica.endTries();
  const error = fatal ?? replica.error;
  if (error !== null) throw error;
  return replica.status.seq;
}

/** @param check is given the head of what is compared, first; returns false: there is nothing to compare */
async function compared(
  store: Store,
  log: TeamDatabase,
  options: MigrationOptions,
  check: (head: LogHead) => boolean | void,
): Promise<RowCounts> {
  let rows: RowCounts = {};
  await log.snapshot(async (snapshot) => {
    if (check(snapshot.head) === false) return;
    const { tableRows } = store;
    rows = await compareRows(tableRows, snapshot, log.place, eventsOf(options, 'comparing', tableRows));
  });
  return rows;
}

/** Python Greeum's slot file counts until the directory is a copy, and never again. */
async function takeSlots(store: Store): Promise<void> {
  const slots = await store.storedSlots();
  if (slots.length === 0) return;
  const atMs = ports.nowMs();
  const commit = embeddedCommit(store, ports.nowMs);
  const { outcomes, error } = await commit([
    { kind: 'import_slots', atMs, idempotencyKey: null, payloadHash: '', slots },
  ]);
  if (error !== undefined) throw error;
  for (const outcome of outcomes) if ('error' in outcome) throw outcome.error;
}

async function previewMigration(options: MigrationOptions): Promise<MigrationPreview> {
  const { dataDir, to, storage } = options;
  const team = loadTeamModule(__dirname);
  const log = team.openTeamLog(storage);
  const layout = existingLayout(dataDir);
  const { image } = await openMemory(nodeFiles, layout, { rebase });
  try {
    await takeStoredSlots(nodeFiles, layout.slots, image);
    const tableRows = new TableRows(image.sql);
    const rows = countsOf(tableRows);
    const isCopy = readState(image.sql, 'team') !== null;
    const outlook = to === 'team' ? outlookThere(tableRows, isCopy, log, team, options) : outlookHere(isCopy, log);
    return { to, data_dir: dataDir, place: log.place, rows, ...(await outlook) };
  } finally {
    image.close();
    await log.close();
  }
}

type Outlook = Pick<MigrationPreview, 'found' | 'obstacle'>;

async function outlookThere(
  rows: TableRows,
  isCopy: boolean,
  log: TeamDatabase,
  team: TeamModule,
  options: MigrationOptions,
): Promise<Outlook> {
  let found = 0;
  try {
    if (isCopy) throw isCopyAlready();
    const unfit = findUnfit(rows, team);
    if (unfit !== null) throw unfit;
    found = (await log.look())?.seq ?? 0;
    await assertResumable(rows, log, found, { ...eventsOf(options, 'comparing', rows), onRows: () => undefined });
    return { found, obstacle: null };
  } catch (error) {
    return { found, obstacle: GreeumError.from(error).toJSON() };
  }
}

async function outlookHere(isCopy: boolean, log: TeamDatabase): Promise<Outlook> {
  try {
    if (!isCopy) throw isNoCopy();
    if ((await log.look()) === null) throw holdsNone(log.place);
    return { found: 0, obstacle: null };
  } catch (error) {
    return { found: 0, obstacle: GreeumError.from(error).toJSON() };
  }
}

function countsOf(rows: TableRows): RowCounts {
  return Object.fromEntries(SHARED_TABLES.map((table) => [table, rows.count(table)]));
}

function eventsOf(
  { signal, onProgress }: MigrationOptions,
  step: MigrationProgress['step'],
  rows: TableRows,
): MoveEvents {
  const total = Object.values(countsOf(rows)).reduce((sum, count) => sum + count, 0);
  let done = 0;
  return {
    goOn: () => {
      if (signal?.aborted === true) throw stopped();
    },
    onRows: (count) => {
      done += count;
      onProgress?.({ step, done, total });
    },
  };
}

/** A lost connection is told by who writes memories; here it costs nothing but another run. */
function resumable(error: GreeumError): GreeumError {
  if (error.code !== 'storage_unreachable') return error;
  return new GreeumError(error.code, error.message, { retry: 'same-key', hint: GO_ON, cause: error });
}

const GO_ON = 'This data directory is what it was. Run the same command again: it goes on where it was interrupted.';

function stopped(): GreeumError {
  return new GreeumError('worker_stopping', 'The migration was stopped before it was done.', { hint: GO_ON });
}

function isCopyAlready(): GreeumError {
  return new GreeumError('storage_mismatch', "This data directory is a copy of a team's memory already.", {
    hint: '"greeum migrate --to here" makes it a memory of this machine; then it can move elsewhere.',
  });
}

function isNoCopy(): GreeumError {
  return new GreeumError('storage_mismatch', "This data directory is no copy of a team's memory.", {
    hint: 'It is a memory of this machine already. Nothing was changed.',
  });
}

function holdsNone(place: string): GreeumError {
  return new GreeumError('storage_mismatch', `The database at ${place} holds no memory.`, {
    hint: 'Correct GREEUM_STORAGE_URL: it names the database that this data directory is a copy of.',
  });
}

function writtenToMeanwhile(place: string): GreeumError {
  return new GreeumError('storage_unreachable', `Others write to the memory at ${place} too fast to compare with it.`);
}

// The bundle is loaded by file path; this is its whole surface.
module.exports = { migrate, previewMigration } satisfies MigrateModule;
