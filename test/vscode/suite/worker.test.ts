import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
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
    const { url, headers } = await httpConfiguration();
    assert.equal(await statusOf(url, {}), 401);
    assert.equal(await statusOf(url, headers), 200);
  });

  it('exchanges the access token: the old one opens nothing, the new one does, and the worker goes on', async () => {
    const epoch = epochOf(await waitForStatus(/^State of this window +owner$/m));
    const before = await httpConfiguration();
    assert.equal(await statusOf(before.url, before.headers), 200);
    const { HOME } = process.env;
    const home = await mkdtemp(path.join(tmpdir(), 'greeum-home-'));
    const { showWarningMessage, showInformationMessage } = vscode.window;
    try {
      // It looks for the old token in the configurations of this person's agents.
      process.env['HOME'] = home;
      // No dialog shows in this window: the last button of the question is pressed, none of the message afterwards.
      Object.assign(vscode.window, {
        showWarningMessage: (...said: unknown[]) => Promise.resolve(said.at(-1)),
        showInformationMessage: () => Promise.resolve(undefined),
      });
      assert.deepEqual(await run('greeum.rotateAccessToken'), { status: 'rotated', endpoint: before.url });
    } finally {
      Object.assign(vscode.window, { showWarningMessage, showInformationMessage });
      Object.assign(process.env, { HOME });
      await rm(home, { recursive: true, force: true });
    }
    assert.equal(await statusOf(before.url, before.headers), 401);
    const after = await httpConfiguration();
    assert.equal(after.url, before.url);
    assert.equal(await statusOf(after.url, after.headers), 200);
    assert.equal(epochOf(await waitForStatus(/^State of this window +owner$/m)), epoch);
  });

  it('puts the greeum command where every terminal finds it, and never in the place of another', async function () {
    // There it is a change of the person's settings, which a test must not make.
    if (process.platform === 'win32') this.skip();
    const { HOME, PATH } = process.env;
    const home = await mkdtemp(path.join(tmpdir(), 'greeum-home-'));
    const bin = path.join(home, '.local/bin');
    try {
      process.env['HOME'] = home;
      process.env['PATH'] = `${bin}:${PATH ?? ''}`;
      assert.equal(await run('greeum.installCommand'), 'link');
      const { stdout } = await promisify(execFile)('greeum', ['--version']);
      assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
      assert.equal(await run('greeum.installCommand'), 'installed');

      await rm(path.join(bin, 'greeum'));
      await writeFile(path.join(bin, 'greeum'), 'Python’s own');
      assert.equal(await run('greeum.installCommand'), 'taken');
      assert.equal(await readFile(path.join(bin, 'greeum'), 'utf8'), 'Python’s own');
    } finally {
      Object.assign(process.env, { HOME, PATH });
      await rm(home, { recursive: true, force: true });
    }
  });
});

function epochOf(status: string): number {
  return Number(/^Epoch +(\d+)$/m.exec(status)?.[1]);
}

interface HttpServer {
  url: string;
  headers: Record<string, string>;
}

/** What agents are given, with the token. */
async function httpConfiguration(): Promise<HttpServer> {
  await waitForStatus(/^HTTP +http:/m);
  await run('greeum.copyMcpConfiguration', 'http');
  const { servers } = JSON.parse(await vscode.env.clipboard.readText()) as { servers: { greeum: HttpServer } };
  return servers.greeum;
}

/** How a call of a tool is answered. */
async function statusOf(url: string, headers: Record<string, string>): Promise<number> {
  const request = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'worker_status', arguments: {} } };
  const { status } = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(request),
  });
  return status;
}
