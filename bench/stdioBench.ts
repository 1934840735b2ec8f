/** From the start of `greeum mcp serve` to its first list of tools, beside `node -e 0`, interleaved. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { cli, startWorker } from './cliBench.js';
import { summarize, type Summary } from './measure.js';

const RUNS = 25;

export interface StdioTimes {
  /** Milliseconds of the whole process. */
  readonly node: Summary;
  /** Milliseconds to the answer, by the era of the agent. */
  readonly era2025: Summary;
  readonly era2026: Summary;
}

const META = {
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
};
const HANDSHAKE = [
  {
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'bench', version: '1' } },
  },
  { method: 'notifications/initialized' },
];
const LIST = { id: 2, method: 'tools/list' };

export async function benchStdio(): Promise<StdioTimes> {
  const folder = mkdtempSync(join(tmpdir(), 'greeum-bench-'));
  const worker = await startWorker(folder);
  const times = { node: [] as number[], era2025: [] as number[], era2026: [] as number[] };
  try {
    // The first one of all makes the worker load what it needs for MCP.
    await timeToTools(folder, [...HANDSHAKE, LIST]);
    for (let run = 0; run < RUNS; run += 1) {
      times.node.push(await timeNode());
      times.era2025.push(await timeToTools(folder, [...HANDSHAKE, LIST]));
      times.era2026.push(await timeToTools(folder, [{ ...LIST, params: { _meta: META } }]));
    }
  } finally {
    worker.kill('SIGTERM');
    await once(worker, 'exit');
    rmSync(folder, { recursive: true });
  }
  return {
    node: summarize(times.node),
    era2025: summarize(times.era2025),
    era2026: summarize(times.era2026),
  };
}

async function timeNode(): Promise<number> {
  const startMs = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return performance.now() - startMs;
}

/** Waits for each answer before it goes on, as agents do. */
async function timeToTools(dataDir: string, messages: readonly object[]): Promise<number> {
  const startMs = performance.now();
  const child = spawn(process.execPath, [cli, 'mcp', 'serve', '--data-dir', dataDir], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout });
  for (const message of messages) {
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
    if (!('id' in message)) continue;
    const [line] = (await once(lines, 'line')) as [string];
    if (!line.includes('"result"')) throw new Error(`mcp serve answered ${line.slice(0, 200)}`);
  }
  const tookMs = performance.now() - startMs;
  child.stdin.end();
  await once(child, 'exit');
  return tookMs;
}
