/** What can be said about `memory.db` alone. */

import type { SqlJsStatic } from 'sql.js';

import { GreeumError } from '../../protocol/errors.js';
import { acceptDatabase, readDatabase, refuseHotJournal, refuseUnfinished } from '../databaseFile.js';
import { integer, Sql, text } from '../engine.js';
import type { FileIdentity, Files } from '../files.js';
import { hasTable, readState, refuseNewerFormat } from '../schema.js';
import type { IntactWal } from '../wal.js';
import { openDamaged } from './openDamaged.js';
import { readUnmergedLog, withIntactPages } from './unmergedLog.js';

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
  /** As they were read, with what is intact of a log beside it; null where there are none. */
  readonly bytes: Uint8Array | null;
  /** That log, where one of the two is damaged. */
  readonly log: IntactWal | null;
}

export function examineImage(files: Files, sqljs: SqlJsStatic, path: string): ImageOnDisk {
  const identity = files.stat(path);
  const without = (state: ImageState): ImageOnDisk => ({ state, identity, bytes: null, log: null });
  const unfinished = sentenceWhere(() => refuseUnfinished(files, path));
  const isEmpty = identity === null || identity.size === 0;
  if (unfinished !== null && (isEmpty || sentenceWhere(() => refuseHotJournal(files, path)) !== null)) {
    return without({ kind: 'busy', sentence: unfinished });
  }
  if (isEmpty) return without({ kind: 'missing' });
  const log = readUnmergedLog(files, path);
  const bytes = withIntactPages(files.readAll(path), log);
  const state = stateOf(sqljs, bytes, path);
  if (state.kind !== 'whole' || log === null) return { state, identity, bytes, log };
  const refusal = sentenceWhere(() => readDatabase(files, path));
  // Sound: the next owner merges it.
  if (refusal === null) return without({ kind: 'busy', sentence: unfinished ?? '' });
  return { state: { kind: 'damaged', sentence: refusal }, identity, bytes, log };
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

function sentenceWhere(check: () => void): string | null {
  try {
    check();
    return null;
  } catch (error) {
    return sentenceOf(error);
  }
}

function sentenceOf(error: unknown, path = ''): string {
  if (error instanceof GreeumError) return error.message;
  const what = error instanceof Error ? error.message.replaceAll('\n', ' ') : 'unknown error';
  return `${path} is damaged (${what}).`;
}
