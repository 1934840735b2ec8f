/** The worker's state in words, as the top of the dashboard shows it. Pure. */

import type { HostState } from '../../client/hostState.js';
import type { WorkerFace } from '../../dashboard/messages.js';
import { hintOf } from '../errorModel.js';
import type { Localizer } from '../localizer.js';
import { statusBarModel } from '../statusBarModel.js';
import { workerRows } from '../views/workerRows.js';

/** Rows of the sidebar that the dashboard shows too; the others are in its charts, or of no use beside them. */
const SHOWN = ['memories', 'queue', 'journal', 'checkpoint', 'clients', 'owner', 'epoch'];

export function workerFace(worker: HostState, l10n: Localizer): WorkerFace {
  const { error, phase } = worker;
  const isOff = phase === 'stopped' || phase === 'failed';
  const rows = workerRows(worker, l10n);
  return {
    mood: moodOf(worker),
    // Not the number that waits: a sentence that changes with every write is read out with every write.
    sentence: statusBarModel(withoutQueue(worker), l10n).label,
    hint: (error === null ? undefined : hintOf(error, l10n)) ?? '',
    commands: isOff ? ['startWorker', 'showStatus'] : phase === 'degraded' ? ['showStatus'] : [],
    numbers: SHOWN.flatMap((id) => {
      const row = rows.find((candidate) => candidate.id === id);
      return row === undefined ? [] : [{ id, label: row.label, value: row.description }];
    }),
  };
}

function moodOf({ phase }: HostState): WorkerFace['mood'] {
  switch (phase) {
    case 'owner':
    case 'client':
      return 'well';
    case 'starting':
      return 'busy';
    case 'stopped':
    case 'degraded':
      return 'warning';
    case 'failed':
      return 'error';
  }
}

function withoutQueue(worker: HostState): HostState {
  const { status } = worker;
  if (status === null) return worker;
  return { ...worker, status: { ...status, queue: { ...status.queue, depth: 0, in_flight: 0 } } };
}
