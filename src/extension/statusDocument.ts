/** The worker's status as a Markdown document, fit for a bug report: no memory text, no token. */

import type { HostState } from '../client/hostState.js';
import { hintOf } from './errorModel.js';
import type { Localizer } from './localizer.js';
import { checkpointAge, percentiles, teamLine } from './statusBarModel.js';
import type { ExtensionFacts } from './extensionFacts.js';
import { formatBytes, formatMs } from './wording.js';

export function renderStatus({ phase, status, error }: HostState, extension: ExtensionFacts, l10n: Localizer): string {
  const rows: [string, string][] = [
    [l10n.t('State of this window'), phase],
    [l10n.t('Extension'), extensionLine(extension, l10n)],
  ];
  if (error !== null) {
    rows.push([l10n.t('Error'), `${error.code}: ${error.message}`]);
    const hint = hintOf(error, l10n);
    if (hint !== undefined) rows.push([l10n.t('What to do'), hint]);
  }
  if (status === null) return page(rows, l10n);
  const { queue, storage } = status;
  rows.push(
    [l10n.t('Owner'), l10n.t('process {0} ({1}), version {2}', status.pid, status.host, status.version)],
    [l10n.t('Epoch'), String(status.epoch)],
    [l10n.t('Running since'), new Date(status.started_at_ms).toISOString()],
    [
      l10n.t('Degraded'),
      status.degraded === null ? l10n.t('no') : `${status.degraded.code}: ${status.degraded.reason}`,
    ],
    [l10n.t('Connections'), String(status.clients)],
    [l10n.t('Memories'), String(status.blocks)],
    [l10n.t('Last sequence'), String(status.last_sequence)],
    [l10n.t('Queue'), l10n.t('{0} waiting, {1} in flight', queue.depth, queue.in_flight)],
    [l10n.t('Commands'), l10n.t('{0} accepted, {1} applied, {2} failed', queue.accepted, queue.applied, queue.failed)],
    [l10n.t('Wait'), percentiles(queue.wait_ms)],
    [l10n.t('Commit'), percentiles(queue.commit_ms)],
    [
      l10n.t('Commands per commit'),
      `p50 ${queue.batch_size.p50} · p95 ${queue.batch_size.p95} · max ${queue.batch_size.max}`,
    ],
    [l10n.t('Journal'), formatBytes(queue.journal_bytes)],
    [l10n.t('Checkpoints'), `${queue.checkpoints} (${checkpointAge(queue.ms_since_checkpoint, l10n)})`],
    ...(storage === null ? [] : [[l10n.t('Team'), teamLine(storage, l10n)] satisfies [string, string]]),
    [l10n.t('Data directory'), status.data_dir],
    [l10n.t('Database'), status.database],
    [l10n.t('Socket'), status.socket ?? l10n.t('none')],
    [l10n.t('HTTP'), status.endpoint ?? l10n.t('off')],
  );
  return page(rows, l10n);
}

function extensionLine({ version, loadMs, wiringMs }: ExtensionFacts, l10n: Localizer): string {
  const all = formatMs(loadMs + wiringMs);
  return l10n.t('version {0}, activated in {1} ({2} of it loading)', version, all, formatMs(loadMs));
}

function page(rows: readonly [string, string][], l10n: Localizer): string {
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, value]) => `${name.padEnd(width)}  ${value.replace(/[\r\n]+/g, ' ')}`);
  return [`# ${l10n.t('Greeum Worker')}`, '', '```text', ...lines, '```', ''].join('\n');
}
