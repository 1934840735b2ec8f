/**
 * Every test of the store through the queue once more, on memories that are copies of a team's: of logs in a real
 * PostgreSQL, or in memory where it is not installed.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

import { findPostgres } from '../support/postgres.js';
import { useTeamLogs } from '../support/teamLogs.js';
import { LogsInMemory, LogsInPostgres } from './logs.js';

const UNIT_TESTS = path.resolve(__dirname, '../unit');
/** Says itself which log its memories follow. */
const OF_COPIES = 'replica.test.ts';

/** At once, inside the suite that stands here. */
const load = createRequire(__filename);

const [logs, place] =
  findPostgres() === null
    ? [new LogsInMemory(), 'in memory: there is no PostgreSQL here']
    : [new LogsInPostgres(), 'in PostgreSQL'];

// Before the first of them is loaded: some are for memories of one's own alone.
useTeamLogs(logs);

function testsOfTheStore(): string[] {
  return readdirSync(UNIT_TESTS, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && path.basename(name) !== OF_COPIES)
    .map((name) => path.join(UNIT_TESTS, name))
    .filter((file) => /\b(?:TestMemory\.open|teamLogs)\(/.test(readFileSync(file, 'utf8')))
    .sort();
}

describe(`on the store of a team, with its log ${place}`, () => {
  before(() => logs.start());
  afterEach(() => logs.closeWays());
  after(() => logs.close());

  for (const file of testsOfTheStore()) load(file);
});
