/** The worker's numbers as rows of a tree. Pure. */

import type { HostState } from '../../client/hostState.js';
import type { Localizer } from '../localizer.js';
import { checkpointAge, percentiles, statusBarModel, teamLine } from '../statusBarModel.js';
import { formatBytes } from '../wording.js';

export interface WorkerRow {
  /** Stable, so that the editor keeps the selection. */
  id: string;
  label: string;
  description: string;
  icon: string;
}

/** Empty while there is no worker to tell of: the view then says how to get one. */
export function workerRows(worker: HostState, l10n: Localizer): WorkerRow[] {
  const { status } = worker;
  if (status === null) return [];
  const { queue, storage } = status;
  const isWithoutTeam = storage?.state === 'unavailable';
  const isWell = status.degraded === null && !isWithoutTeam;
  const row = (id: string, icon: string, label: string, description: string): WorkerRow => ({
    id,
    label,
    description,
    icon,
  });
  return [
    row('state', isWell ? 'pulse' : 'warning', l10n.t('State'), stateOf(worker, l10n)),
    row('owner', 'server-process', l10n.t('Owner'), l10n.t('process {0} ({1})', status.pid, status.host)),
    row('clients', 'plug', l10n.t('Connections'), l10n.t('{0} of windows, agents and terminals', status.clients)),
    row('epoch', 'versions', l10n.t('Epoch'), String(status.epoch)),
    row('memories', 'note', l10n.t('Memories'), String(status.blocks)),
    row('queue', 'layers', l10n.t('Queue'), l10n.t('{0} waiting, {1} in flight', queue.depth, queue.in_flight)),
    row('commit', 'dashboard', l10n.t('Commit'), percentiles(queue.commit_ms)),
    row('journal', 'list-ordered', l10n.t('Journal'), formatBytes(queue.journal_bytes)),
    row('checkpoint', 'save', l10n.t('Last checkpoint'), checkpointAge(queue.ms_since_checkpoint, l10n)),
    ...(storage === null
      ? []
      : [row('team', isWithoutTeam ? 'warning' : 'organization', l10n.t('Team'), teamLine(storage, l10n))]),
    row('folder', 'folder', l10n.t('Folder'), status.data_dir),
  ];
}

/** The status bar's sentence without the name in front, which stands above the view. */
function stateOf(worker: HostState, l10n: Localizer): string {
  return statusBarModel(worker, l10n).label.replace(/^Greeum: /, '');
}
