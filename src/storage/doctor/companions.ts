/** Checks of the two files that are made from `memory.db`: the search index and Python's slot file. */

import type { SqlJsStatic } from 'sql.js';

import type { DoctorFinding } from '../../protocol/doctor.js';
import { GreeumError } from '../../protocol/errors.js';
import { acceptDatabase } from '../databaseFile.js';
import { Sql, text } from '../engine.js';
import type { Files } from '../files.js';
import { inMemory, readIndex } from '../index/indexFile.js';
import { SearchIndex } from '../searchIndex.js';
import { readSlotsFile } from '../slotsFile.js';
import { toTheEnd } from '../steps.js';

/** @param image null when it cannot be opened now */
export function checkIndex(files: Files, path: string, image: Sql | null): DoctorFinding {
  const found = files.stat(path);
  if (found === null || found.size === 0) {
    return index('note', 'There is no stored search index; it is built when needed.');
  }
  const bytes = files.readAll(path);
  // Until 0.1 the index was an SQLite database.
  if (Buffer.from(bytes.subarray(0, 15)).toString('latin1') === 'SQLite format 3') {
    return index('note', 'The search index is of an older version; it is rebuilt by itself.');
  }
  if (toTheEnd(readIndex(inMemory(bytes))) === null) {
    return index('damage', `${path} is damaged.`, 'set it aside; search builds it again by itself');
  }
  if (image === null) return index('note', 'Whether the search index matches cannot be told now.');
  const { lastBlock } = SearchIndex.open(bytes, image);
  // A new one stands in for one that does not belong to this memory.
  if (lastBlock >= 0) return index('ok', `The search index matches up to memory #${lastBlock}.`);
  return index('note', 'The search index is of another state of the memory; it is rebuilt by itself.');
}

/** `remedy` sets the file aside. */
export function checkSlots(files: Files, sqljs: SqlJsStatic, path: string): DoctorFinding {
  const found = files.stat(path);
  if (found === null || found.size === 0) {
    return slots('note', 'There is no slot file for Python; a checkpoint writes it.');
  }
  try {
    readSlotsFile(files, sqljs, path);
  } catch (error) {
    if (error instanceof GreeumError && (error.code === 'hot_journal' || error.code === 'wal_unmerged')) {
      return slots('warning', error.message);
    }
    return slots('damage', `${path} is damaged (${messageOf(error)}).`, SET_SLOTS_ASIDE);
  }
  const problem = problemOf(sqljs, files.readAll(path), path);
  if (problem !== null) return slots('damage', `${path} is damaged (${problem}).`, SET_SLOTS_ASIDE);
  return slots('ok', 'The slot file for Python can be read.');
}

const SET_SLOTS_ASIDE = 'set it aside; the slots are in memory.db too, and a checkpoint writes the file again';

/** Null when SQLite finds nothing wrong. */
function problemOf(sqljs: SqlJsStatic, bytes: Uint8Array, path: string): string | null {
  let sql: Sql | null = null;
  try {
    sql = new Sql(sqljs, acceptDatabase(Uint8Array.from(bytes), path));
    const answer = text(sql.get('PRAGMA integrity_check(1)')?.[0]);
    return answer === 'ok' ? null : answer;
  } catch (error) {
    return messageOf(error);
  } finally {
    sql?.close();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/\.$/, '') : 'unknown error';
}

function index(severity: DoctorFinding['severity'], sentence: string, remedy: string | null = null): DoctorFinding {
  return { area: 'index', severity, sentence, remedy };
}

function slots(severity: DoctorFinding['severity'], sentence: string, remedy: string | null = null): DoctorFinding {
  return { area: 'slots', severity, sentence, remedy };
}
