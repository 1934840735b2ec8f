import assert from 'node:assert/strict';
import type { HostState } from '../../../src/client/hostState.js';
import { GreeumError } from '../../../src/protocol/errors.js';
import { COMMANDS } from '../../../src/extension/ids.js';
import { english } from '../../../src/extension/localizer.js';
import { statusBarModel, TOOLTIP_COMMANDS, type StatusBarModel } from '../../../src/extension/statusBarModel.js';
import { storageStatus, unavailableStorage, workerStatus } from './status.js';

function model(changes: Partial<HostState>): StatusBarModel {
  return statusBarModel(
    { phase: 'owner', role: 'owner', ownerPid: 4711, status: workerStatus(), error: null, ...changes },
    english,
  );
}

describe('statusBarModel', () => {
  it('is calm while the owner is idle', () => {
    const { text, background, label } = model({});
    assert.equal(text, '$(database) Greeum');
    assert.equal(background, null);
    assert.match(label, /runs in this window/);
  });

  it('shows how many writes wait while the owner is writing', () => {
    const { text, label } = model({ status: workerStatus({ queue: { depth: 9, in_flight: 3 } }) });
    assert.equal(text, '$(sync~spin) Greeum 12');
    assert.match(label, /writing, 12/);
  });

  it('shows how far the index and the vectors are, when much is left', () => {
    const index = { state: 'building', indexed: 4_300, total: 10_000 } as const;
    const building = model({ status: workerStatus({ index }) });
    assert.equal(building.text, '$(sync~spin) Greeum 43 %');
    assert.match(building.label, /search index, 43 %/);
    const made = { model: 'tiny', dimension: 3, embedded: 7_000, total: 10_000, refused: 0, problem: null };
    const embedding = { ...made, state: 'embedding' } as const;
    assert.match(model({ status: workerStatus({ embedding }) }).label, /vectors, 70 %/);
    assert.match(model({ status: workerStatus({ embedding }) }).tooltip, /7000 \/ 10000 · tiny/);
    const nearly = { ...embedding, embedded: 9_990 };
    assert.equal(model({ status: workerStatus({ embedding: nearly }) }).text, '$(database) Greeum');
  });

  it('says whose client the window is', () => {
    assert.match(model({ phase: 'client' }).label, /client of another window \(process 4711\)/);
    assert.match(model({ phase: 'client', status: workerStatus({ host: 'cli' }) }).label, /in a terminal/);
    assert.match(model({ phase: 'client', status: null, ownerPid: null }).label, /client of another window/);
  });

  it('warns with the reason when writes are refused', () => {
    const degraded = { code: 'database_changed', reason: 'memory.db changed under us.' };
    const { text, background, label } = model({ phase: 'degraded', status: workerStatus({ degraded }) });
    assert.match(text, /read-only/);
    assert.equal(background, 'warning');
    assert.match(label, /memory\.db changed under us/);
  });

  it("warns with place and reason while the team's database is away, whoever owns the worker", () => {
    const status = workerStatus({ storage: unavailableStorage(), queue: { depth: 2 } });
    for (const phase of ['owner', 'client'] as const) {
      const { text, background, label, tooltip } = model({ phase, status });
      assert.equal(text, '$(warning) Greeum: no team');
      assert.equal(background, 'warning');
      assert.match(label, /database is unavailable, writes are refused\. Nobody answers there\./);
      assert.match(tooltip, /\| Team \| 127\\\.0\\\.0\\\.1.*, unavailable.*Nobody answers there/);
    }
    assert.match(model({ phase: 'stopped', status }).label, /stopped/);
  });

  it('is calm with a team, and tells in the tooltip where it is', () => {
    const { text, tooltip } = model({ status: workerStatus({ storage: storageStatus() }) });
    assert.equal(text, '$(database) Greeum');
    assert.match(tooltip, /\| Team \| .*, connected, entry 1234, 3\\\.10 ms \|/);
    const unwritten = { p50: 0, p95: 0, p99: 0, max: 0 };
    const reader = storageStatus({ round_trip_ms: unwritten });
    assert.match(model({ status: workerStatus({ storage: reader }) }).tooltip, /entry 1234 \|/);
    const early = storageStatus({ state: 'connecting' });
    assert.match(model({ status: workerStatus({ storage: early }) }).tooltip, /, connecting \|/);
    assert.doesNotMatch(model({}).tooltip, /Team/);
  });

  it('offers to start a worker that failed or is stopped', () => {
    const error = new GreeumError('database_damaged', 'The file cannot be read.', { hint: 'Choose another.' });
    const failed = model({ phase: 'failed', status: null, error: error.toJSON() });
    assert.equal(failed.background, 'error');
    assert.equal(failed.command, COMMANDS.startWorker);
    assert.match(failed.label, /cannot be read/);
    assert.match(failed.tooltip, /Choose another/);
    assert.equal(model({ phase: 'stopped', status: null }).command, COMMANDS.startWorker);
  });

  it('tells owner, epoch, queue, latency and the last checkpoint in the tooltip', () => {
    const { tooltip } = model({ status: workerStatus({ queue: { depth: 5 } }) });
    for (const fact of [/4711/, /epoch 3/, /5 waiting/, /p50 0\\.60 ms/, /p99 12 ms/, /1 min ago/]) {
      assert.match(tooltip, fact);
    }
  });

  it('links only to commands the tooltip is trusted with', () => {
    for (const phase of ['stopped', 'starting', 'owner', 'client', 'degraded', 'failed'] as const) {
      const links = Array.from(model({ phase }).tooltip.matchAll(/\(command:([^)]+)\)/g), ([, id]) => id ?? '');
      assert.ok(links.length > 0, phase);
      for (const link of links) assert.ok((TOOLTIP_COMMANDS as readonly string[]).includes(link), link);
    }
  });

  it('lets no foreign text become a link, an icon or a table cell', () => {
    const evil = '/tmp/[x](command:workbench.action.quit) $(flame) | <img src=x>';
    const { tooltip } = model({ status: workerStatus({ data_dir: evil }) });
    assert.ok(!tooltip.includes('](command:workbench'));
    assert.ok(!tooltip.includes(' $(flame)'));
    assert.ok(!/[^\\]<img/.test(tooltip));
    assert.ok(tooltip.includes('\\| \\<img'));
  });
});
