/**
 * Some thousand broken and hostile requests against a real worker: `npm run test:fuzz`. A short run is part of
 * `npm test`. `FUZZ_CASES` says how many, `TEST_SEED` repeats a run.
 */

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { greeumJson, scratchFolder, WorkerProcess } from '../support/greeumProcess.js';
import { anyCase, STRANGER_MARK, type Case } from './cases.js';
import { Target } from './target.js';

/** npm tells which script it runs. */
const isFullRun = process.env['npm_lifecycle_event'] === 'test:fuzz';
const CASES = Number(process.env['FUZZ_CASES'] ?? (isFullRun ? 24_000 : 400));
const seed = Number(process.env['TEST_SEED'] ?? Date.now() % 2 ** 31);
const AT_ONCE = 16;
/** What the run itself leaves: memories that were rightly added, compiled code, room that the heap keeps. */
const MOST_GROWTH_MIB = 96;

interface Tally {
  readonly kinds: Map<string, number>;
  readonly statuses: Map<string, number>;
}

describe('a worker that is sent anything', () => {
  it(`answers or refuses, ${CASES} times, and is what it was before`, async () => {
    const folder = scratchFolder();
    const worker = await WorkerProcess.start(folder.path);
    try {
      const target = new Target(folder.path);
      const cases = fc.sample(anyCase, { numRuns: CASES, seed });
      const warmUp = Math.min(CASES / 4, 2_000);
      const tally: Tally = { kinds: new Map(), statuses: new Map() };
      await attackAll(target, cases.slice(0, warmUp), tally);
      const before = target.resources();
      await attackAll(target, cases.slice(warmUp), tally);
      const after = await settled(target, before?.descriptors ?? 0);
      report(tally, { before, after });
      await assertUnharmed(folder.path);
      if (before !== null && after !== null) {
        assert.ok(after.descriptors <= before.descriptors, 'descriptors are left open');
        assert.ok(after.residentMiB <= before.residentMiB + MOST_GROWTH_MIB, 'memory is kept');
      }
    } finally {
      await worker.end('SIGKILL');
      folder.remove();
    }
  }).timeout(60_000 + CASES * 100);
});

async function attackAll(target: Target, cases: readonly Case[], tally: Tally): Promise<void> {
  const left = cases[Symbol.iterator]();
  const one = async (): Promise<void> => {
    for (const each of left) count(tally, each, check(each, await target.attack(each)));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

/** No failure of ours, and nothing of how we are made. @returns the statuses */
function check({ kind, bytes }: Case, answer: string): string[] {
  const isDefect = /"code":"internal"|HTTP\/1\.1 500 |\bat [^\n]*\.[jt]s:\d+:\d+/.test(answer);
  assert.ok(
    !isDefect,
    `seed ${seed}, ${kind}: ${answer.slice(0, 500)} to ${bytes.subarray(0, 2_000).toString('base64')}`,
  );
  return [...answer.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status = '']) => status);
}

function count({ kinds, statuses }: Tally, { kind }: Case, seen: readonly string[]): void {
  kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  for (const status of seen.length === 0 ? ['closed'] : seen) statuses.set(status, (statuses.get(status) ?? 0) + 1);
}

/** The numbers when connections that were cut off have been let go. */
async function settled(target: Target, descriptors: number): Promise<ReturnType<Target['resources']>> {
  const endMs = performance.now() + 30_000;
  let found = target.resources();
  while (found !== null && found.descriptors > descriptors && performance.now() < endMs) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    found = target.resources();
  }
  return found;
}

async function assertUnharmed(dataDir: string): Promise<void> {
  const run = (...args: string[]): Promise<Record<string, unknown>> =>
    greeumJson([...args, '--data-dir', dataDir, '--use-worker']);
  const { results } = await run('memory', 'search', STRANGER_MARK, '-c', '200');
  const texts = (results as { context: string }[]).map(({ context }) => context);
  assert.deepEqual(
    texts.filter((text) => text.includes(STRANGER_MARK)),
    [],
  );
  assert.equal((await run('memory', 'add', 'still here'))['status'], 'added');
  assert.equal((await run('verify'))['ok'], true);
}

function report({ kinds, statuses }: Tally, resources: object): void {
  const list = (map: ReadonlyMap<string, number>): string =>
    [...map]
      .sort()
      .map(([name, times]) => `${name} ${times}`)
      .join(', ');
  console.log(`      seed ${seed}: ${list(kinds)}`);
  console.log(`      answers: ${list(statuses)}; ${JSON.stringify(resources)}`);
}
