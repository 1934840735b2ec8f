/**
 * `worker_state.json` in the data directory: written when the owner listens, removed when it stops in order. It is a
 * hint for clients, so it is replaced atomically but not synced to disk.
 */

import { readFile, rename, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DISCOVERY_FILE, parseDiscovery, type Discovery } from '../../protocol/discovery.js';

/** Replaces the file; readable by this user only, because the endpoint in it holds the token. */
export async function writeDiscovery(dataDir: string, discovery: Discovery): Promise<void> {
  const target = path.join(dataDir, DISCOVERY_FILE);
  const temporary = `${target}.${process.pid}.tmp`;
  // A left-over of a killed process with our pid may have any mode: only a new file is certain to be 0600.
  await unlink(temporary).catch(ignoreMissing);
  await writeFile(temporary, `${JSON.stringify(discovery, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  try {
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(ignoreMissing);
    throw error;
  }
}

/** The record in the data directory, or null when there is none that can be read. */
export async function readDiscovery(dataDir: string): Promise<Discovery | null> {
  try {
    return parseDiscovery(await readFile(path.join(dataDir, DISCOVERY_FILE), 'utf8'));
  } catch {
    // Missing or unreadable comes to the same: whoever asks goes on without the hint.
    return null;
  }
}

/** Removes the file if it still speaks of this owner; a later owner's, or Python's, stays. */
export async function removeDiscovery(dataDir: string, owner: Pick<Discovery, 'pid' | 'epoch'>): Promise<void> {
  const found = await readDiscovery(dataDir);
  if (found?.pid !== owner.pid || found.epoch !== owner.epoch) return;
  await unlink(path.join(dataDir, DISCOVERY_FILE)).catch(ignoreMissing);
}

function ignoreMissing(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
