import assert from 'node:assert/strict';
import { StatusHistory } from '../../../src/dashboard/history.js';
import { workerStatus } from '../extension/status.js';

const START_MS = Date.UTC(2026, 0, 1, 12);
const at = (second: number): number => START_MS + second * 1000;

describe('StatusHistory', () => {
  it('counts memories in the second in which they came', () => {
    const history = new StatusHistory();
    history.record(workerStatus({ blocks: 100 }), at(0));
    history.record(workerStatus({ blocks: 104 }), at(2) + 100);
    history.record(workerStatus({ blocks: 110 }), at(2) + 900);
    const { added, times } = history.columns(at(4), 1000, 5);
    assert.deepEqual(added, [0, 0, 10, 0, 0]);
    assert.deepEqual(
      times,
      [0, 1, 2, 3, 4].map((second) => at(second) / 1000),
    );
  });

  it('gives memories a second where a part of the time is longer', () => {
    const history = new StatusHistory();
    history.record(workerStatus({ blocks: 0 }), at(0));
    history.record(workerStatus({ blocks: 10 }), at(5));
    history.record(workerStatus({ blocks: 20 }), at(6));
    assert.deepEqual(history.columns(at(9), 5000, 2).added, [0, 4]);
  });

  it('keeps the longest queue of a second, and takes silence for an empty one', () => {
    const history = new StatusHistory();
    history.record(workerStatus({ queue: { depth: 7, in_flight: 1 } }), at(0));
    history.record(workerStatus({ queue: { depth: 0, in_flight: 2 } }), at(0) + 500);
    assert.deepEqual(history.columns(at(2), 1000, 3).waiting, [8, 0, 0]);
  });

  it('lets the last word on latency and journal hold while nothing is said', () => {
    const history = new StatusHistory();
    history.record(workerStatus({ queue: { journal_bytes: 5 } }), at(0));
    const { journalBytes, commitP95 } = history.columns(at(2), 1000, 4);
    assert.deepEqual(journalBytes, [null, 5, 5, 5]);
    assert.deepEqual(commitP95, [null, 2.5, 2.5, 2.5]);
  });

  it('knows nothing while there is no worker, and counts no memories from before', () => {
    const history = new StatusHistory();
    history.record(workerStatus({ blocks: 5 }), at(0));
    history.record(null, at(1));
    history.record(null, at(2));
    history.record(workerStatus({ blocks: 500, epoch: 4 }), at(3));
    const { added, journalBytes } = history.columns(at(4), 1000, 5);
    assert.deepEqual(added, [0, null, null, 0, 0]);
    assert.deepEqual(journalBytes, [3456, null, null, 3456, 3456]);
  });

  it('keeps what a second knew when the worker goes within it', () => {
    const history = new StatusHistory();
    history.record(workerStatus({ blocks: 5 }), at(0));
    history.record(workerStatus({ blocks: 8 }), at(1));
    history.record(null, at(1) + 500);
    assert.deepEqual(history.columns(at(2), 1000, 3).added, [0, 3, null]);
  });

  it('forgets the oldest first, and never grows beyond what it may keep', () => {
    const history = new StatusHistory(3);
    for (let second = 0; second < 10; second++) history.record(workerStatus({ blocks: second }), at(second));
    assert.equal(history.size, 3);
    assert.deepEqual(history.columns(at(9), 1000, 5).added, [null, null, 1, 1, 1]);
  });

  it('survives a clock that is set back', () => {
    const history = new StatusHistory();
    history.record(workerStatus({ blocks: 1 }), at(10));
    history.record(workerStatus({ blocks: 3 }), at(2));
    assert.deepEqual(history.columns(at(10), 1000, 1).added, [2]);
  });
});
