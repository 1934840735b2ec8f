import assert from 'node:assert/strict';
import { LatestOnly } from '../../../src/extension/latestOnly.js';

/** An answer that comes when the test says so. */
function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void; reject: (error: Error) => void } {
  let resolve!: (value: T) => void;
  let reject!: (error: Error) => void;
  const promise = new Promise<T>((settle, fail) => {
    resolve = settle;
    reject = fail;
  });
  return { promise, resolve, reject };
}

describe('LatestOnly', () => {
  it('never starts a request that a newer one overtook in time', async () => {
    const latest = new LatestOnly(1);
    const asked: string[] = [];
    const ask = (query: string) => latest.run(() => Promise.resolve(asked.push(query)));
    const answers = await Promise.all([ask('s'), ask('sq'), ask('sql')]);
    assert.deepEqual(asked, ['sql']);
    assert.deepEqual(answers, [null, null, { answer: 1 }]);
  });

  it('drops an answer that comes after a newer request', async () => {
    const latest = new LatestOnly(0);
    const slow = deferred<string>();
    const started = deferred<AbortSignal>();
    const first = latest.run((signal) => {
      started.resolve(signal);
      return slow.promise;
    });
    const signal = await started.promise;
    const second = latest.run(() => Promise.resolve('new'));
    assert.ok(signal.aborted);
    slow.resolve('old');
    assert.equal(await first, null);
    assert.deepEqual(await second, { answer: 'new' });
  });

  it('passes on a failure only when it is not stale', async () => {
    const latest = new LatestOnly(0);
    await assert.rejects(
      latest.run(() => Promise.reject(new Error('down'))),
      /down/,
    );
    const slow = deferred<string>();
    const started = deferred<void>();
    const first = latest.run(() => {
      started.resolve();
      return slow.promise;
    });
    await started.promise;
    latest.cancel();
    slow.reject(new Error('cancelled'));
    assert.equal(await first, null);
  });
});
