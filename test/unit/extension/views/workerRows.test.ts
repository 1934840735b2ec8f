import assert from 'node:assert/strict';
import { STOPPED } from '../../../../src/client/hostState.js';
import { english } from '../../../../src/extension/localizer.js';
import { workerRows } from '../../../../src/extension/views/workerRows.js';
import { storageStatus, unavailableStorage, workerStatus } from '../status.js';

describe('rows of the worker', () => {
  it('say who owns, how much waits and when the last checkpoint was', () => {
    const rows = workerRows({ ...STOPPED, phase: 'owner', role: 'owner', status: workerStatus() }, english);
    const shown = Object.fromEntries(rows.map(({ id, description }) => [id, description]));
    assert.match(shown['state'] ?? '', /^the worker runs in this window$/);
    assert.match(shown['queue'] ?? '', /^\d+ waiting, \d+ in flight$/);
    for (const id of ['owner', 'clients', 'epoch', 'journal', 'checkpoint']) assert.ok(shown[id], id);
  });

  it('say where the memory of a team is, and warn while it is away', () => {
    const rowsOf = (status = workerStatus()): string[] =>
      workerRows({ ...STOPPED, phase: 'owner', role: 'owner', status }, english)
        .filter(({ id }) => id === 'state' || id === 'team')
        .map(({ icon, description }) => `${icon}: ${description}`);
    assert.deepEqual(rowsOf(workerStatus({ storage: storageStatus() })), [
      'pulse: the worker runs in this window',
      'organization: 127.0.0.1:5432/team (greeum), connected, entry 1234, 3.10 ms',
    ]);
    assert.deepEqual(rowsOf(workerStatus({ storage: unavailableStorage() })), [
      "warning: the team's database is unavailable, writes are refused. Nobody answers there.",
      'warning: 127.0.0.1:5432/team (greeum), unavailable: Nobody answers there.',
    ]);
    assert.equal(rowsOf().length, 1);
  });

  it('are none without a worker', () => {
    assert.deepEqual(workerRows(STOPPED, english), []);
  });
});
