import assert from 'node:assert/strict';

import { Samples } from '../../../src/worker/samples.js';

function samplesOf(values: readonly number[]): Samples {
  const samples = new Samples();
  for (const value of values) samples.add(value);
  return samples;
}

describe('samples', () => {
  it('are all zero before the first', () => {
    assert.deepEqual(new Samples().percentiles(), { p50: 0, p95: 0, p99: 0, max: 0 });
  });

  it('of one are that one', () => {
    assert.deepEqual(samplesOf([7]).percentiles(), { p50: 7, p95: 7, p99: 7, max: 7 });
  });

  it('give percentiles whatever the order they come in', () => {
    const values = Array.from({ length: 100 }, (_, index) => ((index * 37) % 100) + 1);
    assert.deepEqual(samplesOf(values).percentiles(), { p50: 51, p95: 96, p99: 100, max: 100 });
  });

  it('forget what is older than the latest 1024', () => {
    const values = [...Array.from({ length: 1024 }, () => 1_000_000), ...Array.from({ length: 1024 }, () => 2)];
    assert.deepEqual(samplesOf(values).percentiles(), { p50: 2, p95: 2, p99: 2, max: 2 });
    assert.equal(samplesOf(values.slice(0, 1025)).percentiles().max, 1_000_000);
  });

  it('are told to three digits', () => {
    assert.equal(samplesOf([0.123456]).percentiles().max, 0.123);
  });
});
