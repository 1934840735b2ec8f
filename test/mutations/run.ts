/**
 * Tests of the tests: breaks one promise after the other in a copy of the project, and makes sure that some test
 * fails. `npm run test:mutations`; a part of them with `npm run test:mutations -- fsync journal`.
 */

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { MUTATIONS, type Mutation } from './mutations.js';

const ROOT = path.resolve(__dirname, '../..');
const COPIED = ['src', 'test', 'package.json', 'tsconfig.json', '.mocharc.json'];

function copyProject(): string {
  const copy = mkdtempSync(path.join(tmpdir(), 'greeum-mutations-'));
  for (const name of COPIED) cpSync(path.join(ROOT, name), path.join(copy, name), { recursive: true });
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(copy, 'node_modules'));
  return copy;
}

/** @returns what the first failing test says; null when none fails */
function firstFailure(copy: string, tests: string): string | null {
  const mocha = path.join(copy, 'node_modules/mocha/bin/mocha.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [mocha, '--bail', tests], {
    cwd: copy,
    encoding: 'utf8',
    env: {
      ...process.env,
      CRASH_STATES: process.env['CRASH_STATES'] ?? '24',
      TEST_SEED: process.env['TEST_SEED'] ?? '1',
    },
  });
  if (status === 0) return null;
  return /^ +1\) (.+)$/m.exec(stdout)?.[1] ?? `mocha ended with ${status}: ${stderr.slice(0, 300)}`;
}

/** @returns the test that noticed; null when none did */
function tryMutation(copy: string, { file, text, becomes, tests }: Mutation): string | null {
  const target = path.join(copy, file);
  const source = readFileSync(target, 'utf8');
  if (source.split(text).length !== 2) throw new Error(`${file} does not have exactly once: ${text}`);
  writeFileSync(
    target,
    source.replace(text, () => becomes),
  );
  try {
    return firstFailure(copy, tests);
  } finally {
    writeFileSync(target, source);
  }
}

const wanted = process.argv.slice(2);
const chosen = MUTATIONS.filter(({ breaks }) => wanted.length === 0 || wanted.some((word) => breaks.includes(word)));
const copy = copyProject();
let unnoticed = 0;
try {
  for (const tests of new Set(chosen.map((mutation) => mutation.tests))) {
    const failure = firstFailure(copy, tests);
    if (failure !== null) throw new Error(`${tests} fails before anything is broken: ${failure}`);
  }
  for (const mutation of chosen) {
    const noticedBy = tryMutation(copy, mutation);
    if (noticedBy === null) unnoticed += 1;
    console.log(
      `${noticedBy === null ? 'UNNOTICED' : 'noticed'}  ${mutation.breaks}${noticedBy ? `\n         by: ${noticedBy}` : ''}`,
    );
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
console.log(`${chosen.length - unnoticed} of ${chosen.length} mutations noticed`);
process.exitCode = unnoticed === 0 ? 0 : 1;
