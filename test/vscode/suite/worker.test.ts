import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { addMemory, run, waitForStatus } from './editor.js';
import { dataDir } from './memoryFile.js';

describe('the worker', () => {
  it('runs in the only window, on the data directory of the environment', async () => {
    const status = await waitForStatus(/^State of this window +owner$/m);
    assert.ok(status.includes(dataDir()), status);
    assert.match(status, new RegExp(`^Owner +process ${process.pid} \\(vscode\\)`, 'm'));
  });

  it('stops and starts, and what was added before is still there', async () => {
    const { block_index } = await addMemory('before the stop');
    await run('greeum.stopWorker');
    await waitForStatus(/^State of this window +stopped$/m);
    await run('greeum.startWorker');
    await waitForStatus(/^State of this window +owner$/m);
    assert.equal((await addMemory('after the start')).block_index, block_index + 1);
  });

  it('owns the memory again after a restart, in a later epoch', async () => {
    const before = epochOf(await waitForStatus(/^State of this window +owner$/m));
    await run('greeum.restartWorker');
    const later = new RegExp(`^Epoch +${before + 1}$`, 'm');
    assert.match(await waitForStatus(later), /^State of this window +owner$/m);
  });

  it('starts anew when a setting changes what it listens on', async () => {
    const configuration = vscode.workspace.getConfiguration('greeum');
    await waitForStatus(/^HTTP +http:\/\/127\.0\.0\.1:\d+\/mcp$/m);
    try {
      await configuration.update('http.enabled', false, vscode.ConfigurationTarget.Global);
      await waitForStatus(/^HTTP +off$/m);
    } finally {
      await configuration.update('http.enabled', undefined, vscode.ConfigurationTarget.Global);
    }
    await waitForStatus(/^HTTP +http:\/\/127\.0\.0\.1:\d+\/mcp$/m);
  });

  it('gives agents a configuration without a secret, and one with it', async () => {
    await run('greeum.copyMcpConfiguration', 'stdio');
    const stdio = await vscode.env.clipboard.readText();
    assert.match(stdio, /"mcp",\s+"serve"/);
    assert.doesNotMatch(stdio, /Bearer/);
    await run('greeum.copyMcpConfiguration', 'http');
    const http = JSON.parse(await vscode.env.clipboard.readText()) as {
      servers: { greeum: { url: string; headers: Record<string, string> } };
    };
    const { url, headers } = http.servers.greeum;
    const request = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'worker_status', arguments: {} } };
    const post = (extra: Record<string, string>) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...extra },
        body: JSON.stringify(request),
      });
    assert.equal((await post({})).status, 401);
    assert.equal((await post(headers)).status, 200);
  });
});

function epochOf(status: string): number {
  return Number(/^Epoch +(\d+)$/m.exec(status)?.[1]);
}
