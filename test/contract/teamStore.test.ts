/** Every test of the store through the queue once more, on memories that are copies of a team's. */

import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const UNIT_TESTS = path.resolve(__dirname, '../unit');
/** Says itself which log its memories follow. */
const OF_COPIES = 'replica.test.ts';

/** At once, inside the suite that stands here. */
const load = createRequire(__filename);

// Read by `test/support/memory.ts` when the first of them loads it.
process.env['GREEUM_TEST_STORE'] = 'team';

function testsOfTheStore(): string[] {
  return readdirSync(UNIT_TESTS, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && path.basename(name) !== OF_COPIES)
    .map((name) => path.join(UNIT_TESTS, name))
    .filter((file) => /\bTestMemory\.open\(/.test(readFileSync(file, 'utf8')))
    .sort();
}

describe('on the store of a team', () => {
  for (const file of testsOfTheStore()) load(file);
});
