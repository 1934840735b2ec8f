import assert from 'node:assert/strict';
import { FIRST_LOOK, parseFromPage, parseToPage } from '../../../src/dashboard/messages.js';
import { ShapeError } from '../../../src/dashboard/shapes.js';
import { StatusHistory } from '../../../src/dashboard/history.js';
import { workerStatus } from '../extension/status.js';

describe('messages of the dashboard', () => {
  it('come through whole from either side', () => {
    const look = { ...FIRST_LOOK, span: 60 as const };
    assert.deepEqual(parseFromPage({ type: 'ready', look }), { type: 'ready', look });
    const history = new StatusHistory();
    history.record(workerStatus(), 5000);
    const live = { type: 'live', columns: history.columns(6000, 1000, 4) };
    assert.deepEqual(parseToPage(JSON.parse(JSON.stringify(live))), live);
  });

  it('lose what nobody knows of', () => {
    assert.deepEqual(parseFromPage({ type: 'retry', command: 'workbench.action.quit' }), { type: 'retry' });
  });

  it('are refused when they are none of ours', () => {
    const wrong: unknown[] = [
      null,
      'ready',
      [],
      {},
      { type: 'constructor' },
      { type: 'ready' },
      { type: 'ready', look: { ...FIRST_LOOK, tab: 'settings' } },
      { type: 'look', look: { ...FIRST_LOOK, span: 7 } },
      { type: 'run', command: 'workbench.action.quit' },
    ];
    for (const message of wrong) assert.throws(() => parseFromPage(message), ShapeError, JSON.stringify(message));
  });

  it('are refused without telling what they hold', () => {
    assert.throws(
      () => parseFromPage({ type: 'run', command: 'a secret' }),
      (error: Error) => !error.message.includes('secret'),
    );
  });
});
