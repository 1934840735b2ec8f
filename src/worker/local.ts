/**
 * Entry of `dist/local.js`: a memory without an owner, in the caller's own process. Writes hold the ownership lock
 * and go through the same queue and journal as the worker's; reads take no lock.
 */

import type { SearchIndex as Index } from '../storage/searchIndex.js';
import { rebase } from '../memory/rebase.js';
import { ENV, parseSecretPolicy, storageFrom } from '../protocol/environment.js';
import { GreeumError } from '../protocol/errors.js';
import type { LocalMemory, LocalModule, LocalOptions } from '../protocol/localModule.js';
import type { CallOptions } from '../protocol/memoryService.js';
import { isWorkersOwn, type InputOf, type OperationName, type ResultOf } from '../protocol/operations.js';
import { nodeFiles } from '../storage/files.js';
import { layoutOf } from '../storage/layout.js';
import { Queries } from '../storage/queries.js';
import { openMemory } from '../storage/recovery.js';
import { SearchIndex } from '../storage/searchIndex.js';
import { SMALL_IMAGE_BYTES } from './checkpointPolicy.js';
import { requireDataDir } from './dataDirectory.js';
import { closeToOthers } from './endpoint/permissions.js';
import { takeStoredSlots } from './readerSlots.js';
import { isReadOperation, Reads } from './reads.js';
import { loadTeamModule } from './teamModule.js';
import { verifyMemory } from './verify.js';
import { Writer } from './writer.js';

/** Far more than a small image takes; a disk this slow shall not hold the caller for ever. */
const LAST_CHECKPOINT_MS = 30_000;

async function openLocal({ dataDir, mode }: LocalOptions): Promise<LocalMemory> {
  if (mode === 'write') return openWriter(dataDir);
  return storageFrom(process.env) === null ? openReader(dataDir) : openFollower(dataDir);
}

/** Reads a team's memory as it is now. Where the copy cannot be written to, as it was when it was followed last. */
async function openFollower(dataDir: string): Promise<LocalMemory> {
  try {
    return await openWriter(dataDir);
  } catch (error) {
    return { ...(await openReader(dataDir)), behindBecause: GreeumError.from(error).message };
  }
}

async function openWriter(dataDir: string): Promise<LocalMemory> {
  let fatal: GreeumError | null = null;
  let isSmall = false;
  const storage = storageFrom(process.env);
  // Those that are not there yet are made closed.
  await closeToOthers([dataDir, layoutOf(dataDir).folder].filter((folder) => nodeFiles.isFolder(folder) === true));
  const writer = await Writer.open({
    dataDir,
    role: 'local',
    secrets: parseSecretPolicy(process.env[ENV.secrets]),
    openTeamLog: storage === null ? undefined : () => loadTeamModule(__dirname).openTeamLog(storage),
    whenUnreachable: storage?.whenUnreachable,
    createBackground: (store) => {
      isSmall = store.databaseBytes <= SMALL_IMAGE_BYTES;
      return {
        buildCheckpoint: (sequence) => store.buildCheckpointHere(sequence),
        verify: () => verifyMemory(nodeFiles, layoutOf(dataDir)),
        cancel: () => Promise.resolve(),
      };
    },
    log: () => undefined,
    onChange: () => undefined,
    onFatal: (error) => {
      fatal = error;
    },
  });
  const team = writer.snapshot.storage;
  return {
    behindBecause: team === null || team.state === 'connected' ? null : team.reason,
    async call<K extends OperationName>(
      operation: K,
      input: InputOf<K>,
      options: CallOptions = {},
    ): Promise<ResultOf<K>> {
      if (fatal !== null) throw fatal;
      if (isWorkersOwn(operation)) throw noWorker();
      return await writer.call(operation, input, {
        source: options.source ?? 'api',
        client: options.client,
        caller: 'local',
      });
    },
    // A small image is written out at once, so that other programs find the memory in the file.
    close: () => writer.close(isSmall ? LAST_CHECKPOINT_MS : 0),
  };
}

async function openReader(dataDir: string): Promise<LocalMemory> {
  requireDataDir(nodeFiles, dataDir);
  const layout = layoutOf(dataDir);
  const opened = await openMemory(nodeFiles, layout, { rebase });
  const { sql } = opened.image;
  await takeStoredSlots(nodeFiles, layout.slots, opened.image);
  let index: Index | null = null;
  const reads = new Reads({
    queries: new Queries(sql),
    secrets: parseSecretPolicy(process.env[ENV.secrets]),
    index: () => (index ??= SearchIndex.openFile(nodeFiles, layout.index, sql)),
    files: () => ({
      data_dir: dataDir,
      database: layout.database,
      database_bytes: opened.database?.size ?? 0,
      journal_bytes: opened.journal.bytes,
    }),
    monotonicMs: () => performance.now(),
    nowMs: () => Date.now(),
  });
  return {
    behindBecause: null,
    async call<K extends OperationName>(operation: K, input: InputOf<K>): Promise<ResultOf<K>> {
      if (operation === 'verify') return await verifyMemory(nodeFiles, layout);
      if (!isReadOperation(operation)) throw noWorker();
      return reads.run(operation, input);
    },
    close: () => {
      opened.image.close();
      return Promise.resolve();
    },
  };
}

function noWorker(): GreeumError {
  return new GreeumError('worker_required', 'No worker runs for this data directory.', {
    retry: 'after-reconnect',
    hint: 'Start one with "greeum worker serve", or open VS Code with the Greeum extension.',
  });
}

// The bundle is loaded by file path; this is its whole surface.
module.exports = { openLocal } satisfies LocalModule;
