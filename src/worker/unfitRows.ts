import type { SqlValue, TableName } from '../protocol/change.js';
import { GreeumError } from '../protocol/errors.js';
import { isNumbered, SHARED_TABLES, type TeamModule } from '../protocol/teamLog.js';
import type { TableRows } from '../storage/tableRows.js';

const PAGE = 1_000;

/** The first row that a team's database could not take, before anything is written there; null: it takes all. */
export function findUnfit(rows: TableRows, { unfit }: Pick<TeamModule, 'unfit'>): GreeumError | null {
  for (const table of SHARED_TABLES) {
    for (const page of rows.pages(table, PAGE, 'written')) {
      for (const values of page) {
        const why = unfit(table, values);
        if (why !== null) return cannotTake(table, values, why);
      }
    }
  }
  const hash = rows.doubleHash();
  return hash === null ? null : refusal(`two rows of blocks with the hash ${hash}`, 'each memory has its own');
}

function cannotTake(table: TableName, values: readonly SqlValue[], why: string): GreeumError {
  // Rows with a number of their own belong to a block, which people know.
  const [name, key] = isNumbered(table) ? ['block_index', values[1]] : ['key', values[0]];
  return refusal(`the row of ${table} with the ${name} ${JSON.stringify(key)}`, why);
}

function refusal(row: string, why: string): GreeumError {
  return new GreeumError('storage_mismatch', `The database cannot take ${row}: ${why}.`, {
    hint: 'Correct it in memory.db with an SQLite program while no Greeum runs, then try again. Nothing was moved.',
  });
}
