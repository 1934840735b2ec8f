/** The files around a memory: who may read them, and what dead owners left behind. */

import { chmodSync, lstatSync } from 'node:fs';
import { join } from 'node:path';

import { DISCOVERY_FILE, parseDiscovery } from '../../protocol/discovery.js';
import type { DoctorFinding } from '../../protocol/doctor.js';
import type { Files } from '../files.js';
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

/**
 * The discovery file, where it is of an owner of ours that is gone, or of nobody any more. Only to be asked while
 * nobody owns the directory. The socket beside it is left alone: it holds nothing, and the next owner replaces it.
 */
export function findDiscovery(files: Files, dataDir: string): string[] {
  const path = join(dataDir, DISCOVERY_FILE);
  if (files.isFolder(path) !== false) return [];
  const text = Buffer.from(files.readAll(path)).toString('utf8');
  // What is JSON and no record of ours is Python's, whose server may be alive.
  return parseDiscovery(text) !== null || !isJson(text) ? [path] : [];
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
