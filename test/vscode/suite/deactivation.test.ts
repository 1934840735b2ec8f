import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { services, waitForStatus } from './editor.js';
import { dataDir, storedMemory } from './memoryFile.js';
import { asAdded } from '../../../src/protocol/operations.js';

const OWNER = /^State of this window +owner$/m;
/** What the editor gives an extension is little more. */
const WITHIN_MS = 2_000;

describe('deactivation', () => {
  it('drains what waits within 2 s, and gives back the memory, its threads and its timers', async () => {
    await waitForStatus(OWNER);
    const { session, extension } = await services();
    // The very module that the editor has activated.
    const main = createRequire(__filename)(path.join(extension.path, 'dist/extension.js')) as {
      deactivate: () => Promise<void>;
    };
    const { service } = session;
    const adding = Array.from({ length: 100 }, (_, at) =>
      service.call('add_memory', { content: `Swift ${at} sleeps on the wing.`, allow_duplicate: true }),
    );
    assert.ok(ports().length > 0, 'no thread of the worker is seen');
    // One is acknowledged, so that all of them are on their way.
    await Promise.race(adding);
    const startMs = performance.now();
    try {
      await main.deactivate();
      const tookMs = performance.now() - startMs;
      assert.ok(tookMs < WITHIN_MS, `${tookMs} ms`);
      assert.equal(session.state.phase, 'stopped');
      assert.deepEqual(ports(), [], 'threads of the worker are still there');
      assert.ok(!existsSync(path.join(dataDir(), 'worker_state.json')), 'others are still told that it runs');
      const acknowledged = (await Promise.allSettled(adding)).filter((each) => each.status === 'fulfilled');
      assert.ok(acknowledged.length > 0);
      for (const { value } of acknowledged) {
        assert.match(storedMemory(asAdded(value).block_index)?.context ?? 'not there', /^Swift/);
      }
    } finally {
      await session.start();
      await waitForStatus(OWNER);
    }
  });
});

/** By which this process talks to threads that it started. */
function ports(): string[] {
  return process.getActiveResourcesInfo().filter((name) => name === 'Worker' || name === 'MessagePort');
}
