/** The worker in words. */

import path from 'node:path';
import { DISCOVERY_FILE } from '../protocol/discovery.js';
import type { EmbeddingStatus } from '../protocol/embedding.js';
import type { IndexStatus, StorageStatus, WorkerStatus } from '../protocol/operations.js';

const HOSTS = { vscode: 'VS Code', cli: 'the command line' } as const;

export function describeStatus(status: WorkerStatus): string {
  const { queue, degraded, index, embedding, storage } = status;
  const rows: readonly [string, string][] = [
    ['memory', `${status.database} (${status.blocks} memories)`],
    ['socket', status.socket ?? 'none'],
    ['agents', status.endpoint ?? 'HTTP is off'],
    ['queue', `${queue.depth} waiting, ${queue.applied} written, ${queue.failed} failed`],
    ['commit', `${queue.commit_ms.p50.toFixed(1)} ms (99 of 100 within ${queue.commit_ms.p99.toFixed(1)} ms)`],
    ['index', describeIndex(index)],
    ['vectors', embedding === null ? 'no model' : describeEmbedding(embedding)],
    ...(storage === null ? [] : [['team', describeTeam(storage)] satisfies [string, string]]),
    ['clients', String(status.clients)],
  ];
  const head = `A worker is running: process ${status.pid}, hosted by ${HOSTS[status.host]}, epoch ${status.epoch}.`;
  const trouble = degraded === null ? [] : [`It takes no writes: ${degraded.reason}`];
  return [head, ...trouble, ...rows.map(row)].join('\n');
}

function describeIndex({ state, indexed, total }: IndexStatus): string {
  if (state === 'unopened') return 'opens with the first search';
  return state === 'ready' ? 'complete' : `${indexed} of ${total} memories`;
}

function describeEmbedding({ model, embedded, total, refused, problem }: EmbeddingStatus): string {
  const left = refused === 0 ? '' : `, ${refused} refused by the model`;
  const trouble = problem === null ? '' : `; waiting: ${problem}`;
  return `${embedded} of ${total} memories by ${model}${left}${trouble}`;
}

function describeTeam(status: StorageStatus): string {
  const { waiting, refused } = status;
  const queued = waiting === 0 ? '' : `; ${waiting} memories wait here`;
  const stuck = refused === 0 ? '' : `; ${refused} could not be added`;
  return describeTeamState(status) + queued + stuck;
}

function describeTeamState({ place, state, reason, seq, round_trip_ms }: StorageStatus): string {
  if (state === 'unavailable') return `${place}, unavailable: ${reason ?? ''}`;
  if (state === 'connecting') return `${place}, connecting`;
  // Nobody has written yet, so nothing was measured.
  const time = round_trip_ms.max === 0 ? '' : `, ${round_trip_ms.p50.toFixed(1)} ms`;
  return `${place}, connected, entry ${seq}${time}`;
}

/** What `worker serve` says when it is ready. @param command how the user calls the command line; @param where the option for the data directory, or nothing */
export function describeServing(status: WorkerStatus, command: string, where: string): string {
  const token = `the URL with its token is "endpoint" in ${path.join(status.data_dir, DISCOVERY_FILE)}`;
  const rows: readonly [string, string][] = [
    ['memory', `${status.database} (${status.blocks} memories)`],
    ['socket', status.socket ?? 'none'],
    ['agents', status.endpoint === null ? 'HTTP is off' : `${status.endpoint} (${token})`],
  ];
  return [
    `The Greeum worker is ready: process ${status.pid}, epoch ${status.epoch}.`,
    ...rows.map(row),
    status.blocks === 0 ? 'Add the first memory:' : 'Add a memory:',
    `  ${command} memory add "Greeum keeps what I tell it"${where}`,
    `Stop the worker with Ctrl+C, or: ${command} worker stop${where}`,
  ].join('\n');
}

function row([name, value]: readonly [string, string]): string {
  return `  ${name.padEnd(9)}${value}`;
}
