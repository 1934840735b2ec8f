/** Whether a data directory and a team's database hold the same rows: a digest of each table on both sides. */

import { createHash } from 'node:crypto';

import type { TableName } from '../protocol/change.js';
import { GreeumError } from '../protocol/errors.js';
import type { RowCounts } from '../protocol/migration.js';
import { plainRow, SHARED_TABLES, type PlainRow, type TeamSnapshot } from '../protocol/teamLog.js';
import type { TableRows } from '../storage/tableRows.js';
import type { MoveEvents } from './moveRows.js';

const PAGE = 2_000;

class RowDigest {
  readonly #hash = createHash('sha256');
  count = 0;

  add(row: PlainRow): void {
    this.#hash.update(`${JSON.stringify(row)}\n`);
    this.count += 1;
  }

  toString(): string {
    return this.#hash.digest('hex');
  }
}

/** @returns how many there are. @throws GreeumError `storage_mismatch` with the first table that differs */
export async function compareRows(
  rows: TableRows,
  snapshot: TeamSnapshot,
  place: string,
  events: MoveEvents,
): Promise<RowCounts> {
  const counts: RowCounts = {};
  for (const table of SHARED_TABLES) {
    const { here, there } = await digests(rows, snapshot, table, events);
    if (here.count !== there.count || String(here) !== String(there)) {
      throw differs(table, place, here.count, there.count);
    }
    counts[table] = here.count;
  }
  return counts;
}

/** Both in step: a server ends the transaction of whoever says nothing for long. */
async function digests(
  rows: TableRows,
  snapshot: TeamSnapshot,
  table: TableName,
  events: MoveEvents,
): Promise<{ here: RowDigest; there: RowDigest }> {
  const here = new RowDigest();
  const there = new RowDigest();
  const pages = rows.pages(table, PAGE, 'key');
  for await (const page of snapshot.rows(table)) {
    events.goOn();
    for (const row of page) there.add(row);
    for (const values of pages.next().value ?? []) here.add(plainRow(table, values));
    events.onRows(page.length);
  }
  for (const page of pages) for (const values of page) here.add(plainRow(table, values));
  return { here, there };
}

function differs(table: TableName, place: string, here: number, there: number): GreeumError {
  const counted = here === there ? `both have ${here}` : `${here} here, ${there} there`;
  return new GreeumError('storage_mismatch', `The rows of ${table} here and at ${place} differ (${counted}).`, {
    hint: 'This data directory stays what it was. Please report this.',
  });
}
