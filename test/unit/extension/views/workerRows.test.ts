import assert from 'node:assert/strict';
import { STOPPED } from '../../../../src/client/hostState.js';
import { english } from '../../../../src/extension/localizer.js';
import { workerRows } from '../../../../src/extension/views/workerRows.js';
import { workerStatus } from '../status.js';

describe('rows of the worker', () => {
  it('say who owns, how much waits and when the last checkpoint was', () => {
    const rows = workerRows({ ...STOPPED, phase: 'owner', role: 'owner', status: workerStatus() }, english);
    const shown = Object.fromEntries(rows.map(({ id, description }) => [id, description]));
    assert.match(shown['state'] ?? '', /^the worker runs in this window$/);
    assert.match(shown['queue'] ?? '', /^\d+ waiting, \d+ in flight$/);
    for (const id of ['owner', 'clients', 'epoch', 'journal', 'checkpoint']) assert.ok(shown[id], id);
  });

  it('are none without a worker', () => {
    assert.deepEqual(workerRows(STOPPED, english), []);
  });
});
