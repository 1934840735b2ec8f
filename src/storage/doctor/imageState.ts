/** What can be said about `memory.db` alone. */

import type { SqlJsStatic } from 'sql.js';

import { GreeumError } from '../../protocol/errors.js';
import { acceptDatabase, refuseUnfinished } from '../databaseFile.js';
import { integer, Sql, text } from '../engine.js';
import type { FileIdentity, Files } from '../files.js';
import { hasTable, readState, refuseNewerFormat } from '../schema.js';
import { openDamaged } from './openDamaged.js';

/**
 * - `missing`: no file, or an empty one
 * - `busy`: another program left it in the middle of something; `newer`: not ours to touch
 * - `damaged`: rows can be read; `unreadable`: none can
 */
export type ImageState =
  | { readonly kind: 'missing' }
  | { readonly kind: 'busy' | 'newer' | 'damaged' | 'unreadable'; readonly sentence: string }
  | { readonly kind: 'whole'; readonly applied: number; readonly epoch: number; readonly blocks: number };

export interface ImageOnDisk {
  readonly state: ImageState;
  readonly identity: FileIdentity | null;
  /** As they were read; null where there are none. */
  readonly bytes: Uint8Array | null;
}

export function examineImage(files: Files, sqljs: SqlJsStatic, path: string): ImageOnDisk {
  const identity = files.stat(path);
  try {
    refuseUnfinished(files, path);
  } catch (error) {
    return { state: { kind: 'busy', sentence: sentenceOf(error) }, identity, bytes: null };
  }
  if (identity === null || identity.size === 0) return { state: { kind: 'missing' }, identity, bytes: null };
  const bytes = files.readAll(path);
  return { state: stateOf(sqljs, bytes, path), identity, bytes };
}

function stateOf(sqljs: SqlJsStatic, bytes: Uint8Array, path: string): ImageState {
  try {
    return checkWhole(sqljs, acceptDatabase(Uint8Array.from(bytes), path));
  } catch (error) {
    const sentence = sentenceOf(error, path);
    if (error instanceof GreeumError && error.code === 'newer_format') return { kind: 'newer', sentence };
    const damaged = openDamaged(sqljs, bytes);
    damaged?.sql.close();
    return { kind: damaged === null ? 'unreadable' : 'damaged', sentence };
  }
}

/** @throws Error when anything is wrong */
function checkWhole(sqljs: SqlJsStatic, bytes: Uint8Array): ImageState {
  const sql = new Sql(sqljs, bytes);
  try {
    refuseNewerFormat(sql);
    const problems = sql.all('PRAGMA integrity_check(20)').map(([line]) => text(line));
    if (problems[0] !== 'ok') throw new Error(`${problems.length} problems: ${problems[0] ?? 'none named'}`);
    const hasState = hasTable(sql, 'greeum_state');
    return {
      kind: 'whole',
      applied: hasState ? Number(readState(sql, 'applied_sequence') ?? 0) : 0,
      epoch: hasState ? Number(readState(sql, 'epoch') ?? 0) : 0,
      blocks: hasTable(sql, 'blocks') ? integer(sql.get('SELECT count(*) FROM blocks')?.[0]) : 0,
    };
  } finally {
    sql.close();
  }
}

function sentenceOf(error: unknown, path = ''): string {
  if (error instanceof GreeumError) return error.message;
  const what = error instanceof Error ? error.message.replaceAll('\n', ' ') : 'unknown error';
  return `${path} is damaged (${what}).`;
}
