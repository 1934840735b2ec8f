import assert from 'node:assert/strict';
import { STOPPED, type HostState } from '../../../src/client/hostState.js';
import { GreeumError } from '../../../src/protocol/errors.js';
import { english } from '../../../src/extension/localizer.js';
import { renderStatus } from '../../../src/extension/statusDocument.js';
import { storageStatus, unavailableStorage, workerStatus } from './status.js';

const extension = { version: '0.1.0', path: '/ext', loadMs: 6, wiringMs: 3.1 };
const render = (state: HostState): string => renderStatus(state, extension, english);

describe('renderStatus', () => {
  it('says why there is no worker and what to do', () => {
    const error = new GreeumError('database_damaged', 'It cannot be read.', { hint: 'Choose another.' });
    const text = render({ ...STOPPED, phase: 'failed', error: error.toJSON() });
    assert.match(text, /^State of this window +failed$/m);
    assert.match(text, /^Error +database_damaged: It cannot be read\.$/m);
    assert.match(text, /^What to do +Choose another\.$/m);
  });

  it('gives the numbers of the owner, and how long activation took', () => {
    const text = render({ phase: 'client', role: 'client', ownerPid: 4711, status: workerStatus(), error: null });
    for (const line of [
      /^Owner +process 4711 \(vscode\)/m,
      /^Epoch +3$/m,
      /activated in 9\.10 ms \(6\.00 ms of it loading\)$/m,
      /^Memories +42$/m,
    ]) {
      assert.match(text, line);
    }
  });

  it('tells where the memory of a team is, and why it is away', () => {
    const owner = { phase: 'owner', role: 'owner', ownerPid: 4711, error: null } as const;
    const told = (storage = storageStatus()): string => render({ ...owner, status: workerStatus({ storage }) });
    assert.match(told(), /^Team +127\.0\.0\.1:5432\/team \(greeum\), connected, entry 1234, 3\.10 ms$/m);
    assert.match(told(unavailableStorage()), /^Team .*\(greeum\), unavailable: Nobody answers there\.$/m);
    assert.doesNotMatch(render({ ...owner, status: workerStatus() }), /^Team/m);
  });

  it('stays one line a fact, whatever a reason holds', () => {
    const degraded = { code: 'database_changed', reason: 'line one\n```\nline two' };
    const status = workerStatus({ degraded });
    const text = render({ phase: 'degraded', role: 'owner', ownerPid: 4711, status, error: null });
    assert.equal(text.match(/^```/gm)?.length, 2);
  });
});
