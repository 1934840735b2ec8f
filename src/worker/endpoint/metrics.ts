/** `GET /metrics`: the worker's status as Prometheus text. Numbers only, and no memory content. */

import type { Percentiles, StorageStatus, WorkerStatus } from '../../protocol/operations.js';

export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

interface Sample {
  /** Written as it is after the name: `{quantile="0.5"}`. */
  labels?: string;
  value: number;
}

interface Metric {
  name: string;
  type: 'gauge' | 'counter' | 'summary';
  help: string;
  samples: (status: WorkerStatus) => readonly Sample[];
}

const METRICS: readonly Metric[] = [
  gauge('greeum_up', 'The worker is alive.', () => 1),
  {
    name: 'greeum_build_info',
    type: 'gauge',
    help: 'Version of the program, and what hosts the worker.',
    samples: ({ version, host }) => [{ labels: `{version="${escaped(version)}",host="${host}"}`, value: 1 }],
  },
  gauge('greeum_start_time_seconds', 'When the worker started, in Unix seconds.', (s) => s.started_at_ms / 1000),
  gauge('greeum_epoch', 'Grows by one with each owner of the memory.', (s) => s.epoch),
  gauge('greeum_degraded', '1 while writes are refused.', (s) => (s.degraded === null ? 0 : 1)),
  gauge('greeum_blocks', 'Memories.', (s) => s.blocks),
  gauge('greeum_clients', 'Open connections.', (s) => s.clients),
  gauge('greeum_journal_sequence', 'Sequence number of the latest durable change.', (s) => s.last_sequence),
  gauge('greeum_journal_bytes', 'Size of the journal.', (s) => s.queue.journal_bytes),
  gauge('greeum_queue_depth', 'Writes that wait.', (s) => s.queue.depth),
  gauge('greeum_queue_in_flight', 'Writes in the batch being committed.', (s) => s.queue.in_flight),
  counter('greeum_writes_accepted_total', 'Writes taken into the queue.', (s) => s.queue.accepted),
  counter('greeum_writes_applied_total', 'Writes that became durable.', (s) => s.queue.applied),
  counter('greeum_writes_failed_total', 'Writes that were refused or failed.', (s) => s.queue.failed),
  counter('greeum_checkpoints_total', 'Checkpoints written.', (s) => s.queue.checkpoints),
  {
    name: 'greeum_last_checkpoint_age_seconds',
    type: 'gauge',
    help: 'Time since the last checkpoint; absent before the first.',
    samples: ({ queue: { ms_since_checkpoint: age } }) => (age === null ? [] : [{ value: age / 1000 }]),
  },
  quantiles('greeum_batch_size', 'Writes per group commit, lately.', (s) => s.queue.batch_size, 1),
  quantiles('greeum_queue_wait_seconds', 'Time a write waited, lately.', (s) => s.queue.wait_ms, 1000),
  quantiles('greeum_commit_seconds', 'Time a group commit took, lately.', (s) => s.queue.commit_ms, 1000),
  ofTeam('greeum_team_connected', "1 while the team's database is there.", (team) =>
    Number(team.state === 'connected'),
  ),
  ofTeam('greeum_team_sequence', "The last entry of the team's log that is here.", (team) => team.seq),
  ofTeam('greeum_team_waiting', 'Memories that wait here for the database.', (team) => team.waiting),
  ofTeam('greeum_team_round_trip_seconds', 'Middle time of a batch in the database, lately.', (team) => {
    return team.round_trip_ms.p50 / 1000;
  }),
];

export function renderMetrics(status: WorkerStatus): string {
  return METRICS.map(({ name, type, help, samples }) => {
    const lines = samples(status).map(({ labels = '', value }) => `${name}${labels} ${value}\n`);
    return lines.length === 0 ? '' : `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`;
  }).join('');
}

function gauge(name: string, help: string, value: (status: WorkerStatus) => number): Metric {
  return { name, type: 'gauge', help, samples: (status) => [{ value: value(status) }] };
}

/** Absent where the memory is this machine's own. */
function ofTeam(name: string, help: string, value: (team: StorageStatus) => number): Metric {
  const samples = ({ storage }: WorkerStatus): readonly Sample[] =>
    storage === null ? [] : [{ value: value(storage) }];
  return { name, type: 'gauge', help, samples };
}

function counter(name: string, help: string, value: (status: WorkerStatus) => number): Metric {
  return { name, type: 'counter', help, samples: (status) => [{ value: value(status) }] };
}

function quantiles(name: string, help: string, of: (status: WorkerStatus) => Percentiles, divisor: number): Metric {
  return {
    name,
    type: 'summary',
    help,
    samples: (status) => {
      const { p50, p95, p99, max } = of(status);
      const shares = { '0.5': p50, '0.95': p95, '0.99': p99, '1': max };
      return Object.entries(shares).map(([share, value]) => ({
        labels: `{quantile="${share}"}`,
        value: value / divisor,
      }));
    },
  };
}

function escaped(label: string): string {
  return label.replace(/[\\"\n]/g, (char) => (char === '\n' ? '\\n' : `\\${char}`));
}
