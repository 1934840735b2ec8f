import assert from 'node:assert/strict';

import { ProgressBar } from '../../../src/cli/progressBar.js';

const CLEAR = '\r\u001b[K';

describe('the progress bar', () => {
  let nowMs: number;
  let written: string[];

  beforeEach(() => {
    nowMs = 10_000;
    written = [];
  });

  function create(isShown = true): ProgressBar {
    return new ProgressBar({ write: (text) => written.push(text) }, isShown, () => nowMs);
  }

  it('is not drawn for a run that ends within half a second', () => {
    const bar = create();
    nowMs += 499;
    bar.show(0.9, 'nearly');
    bar.end();
    assert.deepEqual(written, []);
  });

  it('draws over its line at most ten times a second, and leaves the line empty', () => {
    const bar = create();
    for (let at = 0; at < 1000; at += 10) {
      nowMs = 10_500 + at;
      bar.show(at / 1000, `${at} memories`);
    }
    assert.equal(written.length, 10);
    assert.equal(written[0], `${CLEAR}[${'.'.repeat(24)}] 0% 0 memories`);
    assert.equal(written[5], `${CLEAR}[${'#'.repeat(12)}${'.'.repeat(12)}] 50% 500 memories`);
    bar.end();
    assert.deepEqual(written.slice(10), [CLEAR]);
  });

  it('never shows less than nothing or more than all', () => {
    const bar = create();
    for (const [ratio, expected] of [
      [-1, `[${'.'.repeat(24)}] 0% x`],
      [0.999, `[${'#'.repeat(24)}] 99% x`],
      [1, `[${'#'.repeat(24)}] 100% x`],
      [1.5, `[${'#'.repeat(24)}] 100% x`],
    ] as const) {
      nowMs += 500;
      bar.show(ratio, 'x');
      assert.equal(written.at(-1), `${CLEAR}${expected}`);
    }
  });

  it('shows the text alone where nobody knows how much there is', () => {
    const bar = create();
    nowMs += 500;
    bar.show(null, '7 memories');
    assert.deepEqual(written, [`${CLEAR}7 memories`]);
  });

  it('says how many a second since the beginning, at the beginning too', () => {
    const bar = create();
    assert.equal(bar.rate(0), '0/s');
    nowMs += 4_000;
    assert.equal(bar.rate(10_000), '2500/s');
  });

  it('writes nothing where nobody looks', () => {
    const bar = create(false);
    nowMs += 60_000;
    bar.show(0.5, 'x');
    bar.end();
    assert.deepEqual(written, []);
  });
});
