import assert from 'node:assert/strict';
import type { StorageStatus } from '../../../../src/protocol/operations.js';
import { healthJson } from '../../../../src/worker/endpoint/health.js';
import { renderMetrics } from '../../../../src/worker/endpoint/metrics.js';
import { STATUS } from '../../mcp/fakeMemory.js';

describe('the metrics', () => {
  const lines = renderMetrics(STATUS).split('\n');

  it('are Prometheus text: help and type before each metric, a number after each name', () => {
    assert.equal(lines.pop(), '');
    for (const line of lines) {
      assert.match(line, /^# (?:HELP|TYPE) greeum_[a-z_]+ .+$|^greeum_[a-z_]+(?:\{[^}]+\})? [-0-9.e+]+$/);
    }
    const named = (pattern: RegExp): string[] => lines.flatMap((line) => pattern.exec(line)?.[1] ?? []);
    assert.deepEqual([...new Set(named(/^(greeum_\w+)/))], named(/^# TYPE (\w+) /));
    assert.deepEqual(named(/^# HELP (\w+) /), named(/^# TYPE (\w+) /));
  });

  it('carry the numbers of the status, in base units', () => {
    for (const line of [
      'greeum_up 1',
      'greeum_epoch 7',
      'greeum_degraded 0',
      'greeum_queue_depth 3',
      'greeum_writes_accepted_total 9',
      'greeum_commit_seconds{quantile="0.99"} 0.003',
      'greeum_batch_size{quantile="1"} 4',
      'greeum_last_checkpoint_age_seconds 1.5',
      'greeum_build_info{version="0.1.0",host="cli"} 1',
    ]) {
      assert.ok(lines.includes(line), line);
    }
  });

  it('say that writes are refused, and leave out what there is not', () => {
    const degraded = { code: 'database_changed', reason: 'memory.db was changed.' };
    const text = renderMetrics({ ...STATUS, degraded, queue: { ...STATUS.queue, ms_since_checkpoint: null } });
    assert.match(text, /^greeum_degraded 1$/m);
    assert.doesNotMatch(text, /checkpoint_age/);
  });

  it("tell how it is with a team's memory, where it is one", () => {
    const storage: StorageStatus = {
      kind: 'team',
      place: 'db:5432/team (greeum)',
      state: 'unavailable',
      reason: 'away',
      seq: 12,
      waiting: 3,
      refused: 0,
      round_trip_ms: { p50: 20, p95: 30, p99: 40, max: 50 },
    };
    const text = renderMetrics({ ...STATUS, storage });
    assert.match(text, /^greeum_team_connected 0$/m);
    assert.match(text, /^greeum_team_sequence 12$/m);
    assert.match(text, /^greeum_team_waiting 3$/m);
    assert.match(text, /^greeum_team_round_trip_seconds 0\.02$/m);
    assert.doesNotMatch(text, /db:5432/);
    assert.doesNotMatch(lines.join('\n'), /greeum_team/);
  });

  it('escape what could break a label', () => {
    assert.match(renderMetrics({ ...STATUS, version: 'a"b\\c\nd' }), /version="a\\"b\\\\c\\nd"/);
  });
});

describe('the health', () => {
  it('has what Python reads, and who owns the memory', () => {
    assert.deepEqual(JSON.parse(healthJson(STATUS)), {
      status: 'ok',
      initialized: true,
      live: true,
      pid: 4711,
      host: 'cli',
      version: '0.1.0',
      epoch: 7,
      degraded: null,
    });
  });

  it('says why writes are refused', () => {
    const degraded = { code: 'database_changed', reason: 'memory.db was changed.' };
    const health = JSON.parse(healthJson({ ...STATUS, degraded })) as Record<string, unknown>;
    assert.equal(health['status'], 'degraded');
    assert.deepEqual(health['degraded'], degraded);
  });
});
