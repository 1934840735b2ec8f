import assert from 'node:assert/strict';

import { GreeumError } from '../../../src/protocol/errors.js';
import { patiently } from '../../../src/worker/patience.js';

describe('a caller of the owner', () => {
  let started: number;
  let answer: (result: string) => void;
  let fail: (error: GreeumError) => void;

  beforeEach(() => (started = 0));

  function work(): Promise<string> {
    started += 1;
    return new Promise((resolve, reject) => {
      answer = resolve;
      fail = reject;
    });
  }

  it('that waits hears what the writer says', async () => {
    const { signal } = new AbortController();
    const good = patiently('add_memory', { signal, timeoutMs: 60_000 }, work);
    answer('added');
    assert.equal(await good, 'added');
    const bad = patiently('add_memory', { signal, timeoutMs: 60_000 }, work);
    fail(new GreeumError('overloaded', 'Full.', { retry: 'same-key' }));
    await assert.rejects(bad, { code: 'overloaded', outcome: 'not_written' });
    assert.equal(await patiently('add_memory', {}, () => Promise.resolve('at once')), 'at once');
  });

  it('that gave up before it asked has written nothing', async () => {
    const expected = { code: 'timeout', outcome: 'not_written' };
    await assert.rejects(patiently('add_memory', { signal: AbortSignal.abort() }, work), expected);
    await assert.rejects(patiently('add_memory', { timeoutMs: 0 }, work), expected);
    assert.equal(started, 0);
  });

  it('that gives up is not kept waiting, and a write is in doubt, to be repeated with its key', async () => {
    const giveUp = new AbortController();
    const adding = patiently('add_memory', { signal: giveUp.signal }, work);
    giveUp.abort();
    await assert.rejects(adding, { code: 'timeout', outcome: 'unknown', retry: 'same-key' });
    const reading = patiently('get_memory_stats', { signal: giveUp.signal }, work);
    await assert.rejects(reading, { code: 'timeout', outcome: 'not_written' });
  });

  it('whose time is up is not kept waiting, and what the writer says later disturbs nobody', async () => {
    await assert.rejects(patiently('add_memory', { timeoutMs: 1 }, work), { code: 'timeout', outcome: 'unknown' });
    fail(new GreeumError('internal', 'Too late.'));
    await assert.rejects(patiently('search_memory', { timeoutMs: 1 }, work), {
      code: 'timeout',
      outcome: 'not_written',
    });
  });

  it('that waits with one signal for many calls leaves no listener on it', async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    signal.addEventListener = () => (listeners += 1);
    signal.removeEventListener = () => (listeners -= 1);
    const calls = [1, 2, 3].map((each) => patiently('add_memory', { signal }, () => Promise.resolve(each)));
    assert.deepEqual([await Promise.all(calls), listeners], [[1, 2, 3], 0]);
  });
});
