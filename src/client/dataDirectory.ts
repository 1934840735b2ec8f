/**
 * Where a data directory and the socket of its owner are. Every process must come to the same answer, whatever
 * symbolic links and relative paths it was given, or two of them would not find each other: so the real path counts.
 */

import { existsSync, realpathSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { DISCOVERY_FILE } from '../protocol/discovery.js';
import type { Environment } from '../protocol/environment.js';
import { GreeumError } from '../protocol/errors.js';
import { chooseDataDir, memoryFolder, socketPath } from '../protocol/location.js';
import { configuredDataDir } from './pythonConfig.js';

export interface MemoryLocation {
  /** `GREEUM_DATA_DIR`: absolute, symbolic links resolved as far as the path exists. */
  readonly dataDir: string;
  /** Folder of `memory.db`, resolved likewise. */
  readonly folder: string;
  /** Unix socket or Windows pipe of the owner; null where its path would be too long for a socket. */
  readonly socket: string | null;
  /** `worker_state.json`. */
  readonly discoveryFile: string;
}

/**
 * Resolves `explicit`, else `GREEUM_DATA_DIR`, else Python's `data_dir`, else `~/.greeum`. Creates nothing, and says
 * nothing about whether the directory is usable: that is for whoever opens it. Cheap enough to be asked again before
 * each call.
 */
export function locateMemory(explicit: string | undefined, env: Environment): MemoryLocation {
  const dataDir = realPath(
    path.resolve(chooseDataDir(explicit, env, homedir(), () => configuredDataDir(env, homedir()))),
  );
  const folder = realPath(memoryFolder(dataDir, path.sep, existsSync(path.join(dataDir, 'memory.db'))));
  return { dataDir, folder, socket: socketOf(folder), discoveryFile: path.join(dataDir, DISCOVERY_FILE) };
}

/** The real path of what exists of it; the rest, which somebody may create later, is kept as it is written. */
function realPath(wanted: string): string {
  try {
    return realpathSync.native(wanted);
  } catch {
    // Missing, or not ours to look at: whoever opens it says so. Its parent may still be a link.
    const parent = path.dirname(wanted);
    return parent === wanted ? wanted : path.join(realPath(parent), path.basename(wanted));
  }
}

function socketOf(folder: string): string | null {
  try {
    const uid = process.getuid?.() ?? 0;
    return socketPath(folder, { os: process.platform, homeDir: homedir(), tempDir: tmpdir(), uid });
  } catch (error) {
    // An owner cannot listen there either; a client then has the discovery file and the local path.
    if (error instanceof GreeumError && error.code === 'socket_path_too_long') return null;
    throw error;
  }
}
