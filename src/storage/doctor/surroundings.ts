/** The files around a memory: who may read them, and what dead owners left behind. */

import { chmodSync, lstatSync } from 'node:fs';
import { join } from 'node:path';

import { DISCOVERY_FILE, parseDiscovery } from '../../protocol/discovery.js';
import type { DoctorFinding } from '../../protocol/doctor.js';
import { errnoOf, type Files } from '../files.js';
import type { Layout } from '../layout.js';

const TOKEN_FILE = 'worker.token';
const UNFINISHED = /\.(new|tmp)$/;

/** A path whose permissions are wider than they should be, and what they should be. */
export interface OpenPath {
  readonly path: string;
  readonly mode: number;
}

/** Secrets that others can read, and folders that others can write to. Windows has no such bits. */
export function findOpenPaths(dataDir: string, layout: Layout): OpenPath[] {
  if (process.platform === 'win32') return [];
  const secrets = [join(dataDir, DISCOVERY_FILE), join(dataDir, TOKEN_FILE), join(layout.folder, 'run')];
  const folders = new Set([dataDir, layout.folder, layout.journalFolder]);
  return [...secrets.flatMap((path) => tooOpen(path, 0o077)), ...[...folders].flatMap((path) => tooOpen(path, 0o022))];
}

function tooOpen(path: string, forbidden: number): OpenPath[] {
  const mode = modeOf(path);
  return mode === null || (mode & forbidden) === 0 ? [] : [{ path, mode: mode & ~forbidden }];
}

export function closePath({ path, mode }: OpenPath): void {
  chmodSync(path, mode);
}

/** Null for what is not there, or is a link. */
function modeOf(path: string): number | null {
  const found = lstatSync(path, { throwIfNoEntry: false });
  return found === undefined || found.isSymbolicLink() ? null : found.mode & 0o7777;
}

export function checkPermissions(dataDir: string, layout: Layout): DoctorFinding[] {
  const findings = findOpenPaths(dataDir, layout).map(({ path, mode }): DoctorFinding => {
    const right = mode.toString(8).padStart(4, '0');
    return {
      area: 'permissions',
      severity: 'warning',
      sentence: `${path} is open to other users of this computer.`,
      remedy: `give it the mode ${right}`,
    };
  });
  const dataMode = process.platform === 'win32' ? null : modeOf(dataDir);
  if (dataMode !== null && (dataMode & 0o055) !== 0) {
    const sentence = `Other users of this computer can look into ${dataDir}; "chmod 700" keeps them out.`;
    findings.push({ area: 'permissions', severity: 'note', sentence, remedy: null });
  }
  if (findings.length > 0) return findings;
  return [{ area: 'permissions', severity: 'ok', sentence: 'Only you can use the files.', remedy: null }];
}

/** Files of writes that never ended. Only to be asked while nobody owns the directory. */
export function findLeftovers(files: Files, dataDir: string, layout: Layout): string[] {
  const folders = new Set([dataDir, layout.folder]);
  return [...folders].flatMap((folder) =>
    files
      .list(folder)
      .filter((name) => UNFINISHED.test(name))
      .map((name) => join(folder, name))
      .filter((path) => files.isFolder(path) === false),
  );
}

/** What tells others how to reach an owner: the discovery file and the socket. */
export function findTraces(dataDir: string, layout: Layout): string[] {
  const socket = join(layout.folder, 'run', 'worker.sock');
  return [join(dataDir, DISCOVERY_FILE), socket].filter(
    (path) => lstatSync(path, { throwIfNoEntry: false }) !== undefined,
  );
}

/** Pid that the discovery file names; null when there is none, or none that makes sense. */
export function discoveredPid(files: Files, dataDir: string): number | null {
  const path = join(dataDir, DISCOVERY_FILE);
  try {
    if (files.stat(path) === null) return null;
    return parseDiscovery(Buffer.from(files.readAll(path)).toString('utf8'))?.pid ?? null;
  } catch (error) {
    // It may vanish, or be somebody else's; it is only a hint for clients.
    if (errnoOf(error) === undefined) throw error;
    return null;
  }
}
