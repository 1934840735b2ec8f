/** What the status bar shows, worked out without the editor. */

import type { HostState } from '../client/hostState.js';
import type { EmbeddingStatus } from '../protocol/embedding.js';
import type { StorageStatus, WorkerStatus } from '../protocol/operations.js';
import { hintOf } from './errorModel.js';
import { COMMANDS, type CommandId } from './ids.js';
import type { Localizer } from './localizer.js';
import { escapeMarkdown, formatAge, formatBytes, formatMs } from './wording.js';

export interface StatusBarModel {
  /** With `$(icon)`; short, because the bar is shared. */
  text: string;
  /** For screen readers: the state in words. */
  label: string;
  background: 'warning' | 'error' | null;
  /** What a click does. */
  command: CommandId;
  /** Markdown; foreign text in it is escaped. */
  tooltip: string;
}

/** Commands the tooltip may link to, and nothing else. */
export const TOOLTIP_COMMANDS: readonly CommandId[] = [
  COMMANDS.addMemory,
  COMMANDS.searchMemories,
  COMMANDS.showWorkerStatus,
  COMMANDS.openDashboard,
  COMMANDS.startWorker,
  COMMANDS.stopWorker,
  COMMANDS.restartWorker,
  COMMANDS.flushToDisk,
  COMMANDS.openDataFolder,
  COMMANDS.showLog,
];

export function statusBarModel(worker: HostState, l10n: Localizer): StatusBarModel {
  const face = faceOf(worker, l10n);
  return { ...face, tooltip: tooltipOf(worker, face.label, l10n) };
}

type Face = Omit<StatusBarModel, 'tooltip'>;

function faceOf(worker: HostState, l10n: Localizer): Face {
  const { phase, status, error } = worker;
  const waiting = status === null ? 0 : status.queue.depth + status.queue.in_flight;
  const depth = waiting > 0 ? ` ${waiting}` : '';
  const calm = { background: null, command: COMMANDS.showWorkerStatus };
  if (isWithoutTeam(worker)) return withoutTeamFace(status?.storage ?? null, l10n);
  switch (phase) {
    case 'starting':
      return { ...calm, text: '$(loading~spin) Greeum', label: l10n.t('Greeum: the worker is starting') };
    case 'owner':
      return waiting > 0
        ? { ...calm, text: `$(sync~spin) Greeum${depth}`, label: l10n.t('Greeum: writing, {0} in the queue', waiting) }
        : { ...calm, ...quietFace(status, l10n) };
    case 'client':
      return { ...calm, text: `$(plug) Greeum${depth}`, label: clientLabel(worker, l10n) };
    case 'degraded':
      return {
        ...calm,
        text: `$(warning) ${l10n.t('Greeum: read-only')}`,
        label: l10n.t('Greeum: degraded, writes are refused. {0}', status?.degraded?.reason ?? ''),
        background: 'warning',
      };
    case 'failed':
      return {
        text: `$(error) ${l10n.t('Greeum: failed')}`,
        label: l10n.t('Greeum: the worker could not start. {0}', error?.message ?? ''),
        background: 'error',
        command: COMMANDS.startWorker,
      };
    case 'stopped':
      return {
        ...calm,
        text: '$(circle-slash) Greeum',
        label: l10n.t('Greeum: the worker is stopped in this window'),
        command: COMMANDS.startWorker,
      };
  }
}

/** The worker is well, and writes fail all the same. */
function isWithoutTeam({ phase, status }: HostState): boolean {
  return (phase === 'owner' || phase === 'client') && status?.storage?.state === 'unavailable';
}

function withoutTeamFace(storage: StorageStatus | null, l10n: Localizer): Face {
  const waiting = storage?.waiting ?? 0;
  const reason = storage?.reason ?? '';
  return {
    text: `$(warning) ${waiting === 0 ? l10n.t('Greeum: no team') : l10n.t('Greeum: no team, {0} wait', waiting)}`,
    label:
      waiting === 0
        ? l10n.t("Greeum: the team's database is unavailable, writes are refused. {0}", reason)
        : l10n.t("Greeum: the team's database is unavailable; {0} memories wait on this machine. {1}", waiting, reason),
    background: 'warning',
    command: COMMANDS.showWorkerStatus,
  };
}

/** So few memories are done before anybody has read how many. */
const TOLD_FROM = 500;

function quietFace(status: WorkerStatus | null, l10n: Localizer): Pick<Face, 'text' | 'label'> {
  const building = status?.index.state === 'building' ? shareOf(status.index.indexed, status.index.total) : null;
  if (building !== null) return progress(building, l10n.t('Greeum: building the search index, {0}', building));
  const { embedding = null } = status ?? {};
  const embedded = embedding?.state === 'embedding' ? shareOf(embedding.embedded, embedding.total) : null;
  if (embedded !== null) return progress(embedded, l10n.t('Greeum: making vectors, {0}', embedded));
  return { text: '$(database) Greeum', label: l10n.t('Greeum: the worker runs in this window') };
}

function progress(share: string, label: string): Pick<Face, 'text' | 'label'> {
  return { text: `$(sync~spin) Greeum ${share}`, label };
}

/** Null: as good as done. */
function shareOf(done: number, total: number): string | null {
  return total - done < TOLD_FROM ? null : `${Math.floor((100 * done) / total)} %`;
}

function clientLabel({ status, ownerPid }: HostState, l10n: Localizer): string {
  if (ownerPid === null) return l10n.t('Greeum: client of another window');
  if (status?.host === 'cli') return l10n.t('Greeum: client of the worker in a terminal (process {0})', ownerPid);
  return l10n.t('Greeum: client of another window (process {0})', ownerPid);
}

function tooltipOf(worker: HostState, label: string, l10n: Localizer): string {
  const { status, error } = worker;
  const parts = [`**${escapeMarkdown(label.trim())}**`];
  const hint = error === null ? undefined : hintOf(error, l10n);
  if (hint !== undefined) parts.push(escapeMarkdown(hint));
  if (status !== null) parts.push(facts(status, l10n));
  parts.push(links(worker, l10n));
  return parts.join('\n\n');
}

function facts(status: WorkerStatus, l10n: Localizer): string {
  const { queue } = status;
  const rows = [
    [l10n.t('Owner'), l10n.t('process {0} ({1}), epoch {2}', status.pid, status.host, status.epoch)],
    [l10n.t('Memories'), String(status.blocks)],
    [l10n.t('Queue'), l10n.t('{0} waiting, {1} in flight, {2} failed', queue.depth, queue.in_flight, queue.failed)],
    [l10n.t('Commit'), percentiles(queue.commit_ms)],
    [l10n.t('Wait'), percentiles(queue.wait_ms)],
    [l10n.t('Journal'), formatBytes(queue.journal_bytes)],
    [l10n.t('Last checkpoint'), checkpointAge(queue.ms_since_checkpoint, l10n)],
    [l10n.t('Search index'), `${status.index.indexed} / ${status.index.total}`],
    ...(status.embedding === null ? [] : [[l10n.t('Vectors'), vectors(status.embedding)]]),
    ...(status.storage === null ? [] : [[l10n.t('Team'), teamLine(status.storage, l10n)]]),
    [l10n.t('Folder'), status.data_dir],
  ];
  const lines = rows.map(([name, value]) => `| ${escapeMarkdown(name ?? '')} | ${escapeMarkdown(value ?? '')} |`);
  return ['| | |', '|:--|:--|', ...lines].join('\n');
}

function vectors({ model, embedded, total, problem }: EmbeddingStatus): string {
  return `${embedded} / ${total} · ${model}${problem === null ? '' : ` · ${problem}`}`;
}

export function teamLine(status: StorageStatus, l10n: Localizer): string {
  const { waiting, refused } = status;
  const counts = [
    ...(waiting === 0 ? [] : [l10n.t('{0} memories wait here', waiting)]),
    ...(refused === 0 ? [] : [l10n.t('{0} could not be added', refused)]),
  ];
  return [stateLine(status, l10n), ...counts].join('; ');
}

function stateLine({ place, state, reason, seq, round_trip_ms }: StorageStatus, l10n: Localizer): string {
  if (state === 'unavailable') return l10n.t('{0}, unavailable: {1}', place, reason ?? '');
  if (state === 'connecting') return l10n.t('{0}, connecting', place);
  const connected = l10n.t('{0}, connected, entry {1}', place, seq);
  // Nobody has written yet, so nothing was measured.
  return round_trip_ms.max === 0 ? connected : `${connected}, ${formatMs(round_trip_ms.p50)}`;
}

export function percentiles({ p50, p95, p99 }: { p50: number; p95: number; p99: number }): string {
  return `p50 ${formatMs(p50)} · p95 ${formatMs(p95)} · p99 ${formatMs(p99)}`;
}

export function checkpointAge(ms: number | null, l10n: Localizer): string {
  return ms === null ? l10n.t('none by this owner yet') : formatAge(ms, l10n);
}

function links({ phase, role }: HostState, l10n: Localizer): string {
  const link = (icon: string, title: string, command: CommandId) => `[$(${icon}) ${title}](command:${command})`;
  const add = link('add', l10n.t('Add Memory'), COMMANDS.addMemory);
  const search = link('search', l10n.t('Search'), COMMANDS.searchMemories);
  const details = link('info', l10n.t('Status'), COMMANDS.showWorkerStatus);
  const flush = link('save', l10n.t('Flush'), COMMANDS.flushToDisk);
  const start = link('play', l10n.t('Start'), COMMANDS.startWorker);
  const stop = link('debug-stop', l10n.t('Stop'), COMMANDS.stopWorker);
  const restart = link('refresh', l10n.t('Restart'), COMMANDS.restartWorker);
  const dashboard = link('graph', l10n.t('Dashboard'), COMMANDS.openDashboard);
  const folder = link('folder', l10n.t('Folder'), COMMANDS.openDataFolder);
  const log = link('output', l10n.t('Log'), COMMANDS.showLog);
  const shown = {
    starting: [log],
    owner: [add, search, dashboard, details, flush, stop, log],
    client: [add, search, dashboard, details, flush, log],
    degraded: [search, details, ...(role === 'owner' ? [restart] : []), folder, log],
    failed: [start, folder, log],
    stopped: [start, folder, log],
  }[phase];
  return shown.join(' &nbsp; ');
}
