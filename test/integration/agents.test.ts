import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Discovery } from '../../src/protocol/discovery.js';
import { greeum, scratchFolder, WorkerProcess, type Finished } from '../support/greeumProcess.js';

const THEIRS = '{\n  // mine\n  "mcpServers": { "other": { "command": "x", "env": { "KEY": "hush" } } }\n}\n';

describe('greeum agents', () => {
  let home: ReturnType<typeof scratchFolder>;
  const dataDir = (): string => path.join(home.path, 'memory');
  const config = (): string => path.join(home.path, '.cursor', 'mcp.json');
  const run = (...args: string[]): Promise<Finished> =>
    greeum([...args, '--data-dir', dataDir()], {
      env: { HOME: home.path, XDG_CONFIG_HOME: '', USERPROFILE: home.path },
    });
  beforeEach(() => {
    home = scratchFolder();
    mkdirSync(path.dirname(config()));
    mkdirSync(dataDir());
    writeFileSync(config(), THEIRS);
  });
  afterEach(() => home.remove());

  it('connects one that is installed: shows the change, keeps a copy and all else, proves it, and takes it back', async () => {
    const { status, stdout, stderr } = await run('agents', 'connect', 'cursor', '--yes', '--json');
    assert.equal(status, 0, stdout);
    const { tools, backup } = JSON.parse(stdout) as { tools: string[]; backup: string };
    assert.ok(tools.includes('add_memory'));
    assert.match(stderr, /^\+ .*"greeum"/m);
    assert.doesNotMatch(stderr, /worker\.token/);
    assert.equal(readFileSync(backup, 'utf8'), THEIRS);
    const connected = readFileSync(config(), 'utf8');
    assert.match(connected, /\/\/ mine[^]*"KEY": "hush"[^]*"mcp",\s*"serve"/);
    assert.doesNotMatch(connected, /[\w-]{43}\/mcp|Bearer/);
    assert.match((await run('agents', 'list')).stdout, /^cursor +connected /m);
    assert.equal((await run('agents', 'disconnect', 'cursor', '--yes')).status, 0);
    assert.match((await run('agents', 'list')).stdout, /^cursor +not connected /m);
    assert.match(readFileSync(config(), 'utf8'), /\/\/ mine[^]*"KEY": "hush"/);
  });

  it('writes nothing unasked', async () => {
    const { status, stderr } = await run('agents', 'connect', 'cursor');
    assert.equal(status, 2);
    assert.match(stderr, /^\+ .*"greeum"[^]*Nothing was written/m);
    assert.equal(readFileSync(config(), 'utf8'), THEIRS);
  });

  it('leaves everything as it was when the server does not answer', async () => {
    writeFileSync(path.join(home.path, 'file'), '');
    const args = ['agents', 'connect', 'cursor', '--yes', '--data-dir', path.join(home.path, 'file')];
    const { status, stderr } = await greeum(args, { env: { HOME: home.path, USERPROFILE: home.path } });
    assert.equal(status, 3);
    assert.match(stderr, /is as it was before/);
    assert.equal(readFileSync(config(), 'utf8'), THEIRS);
    assert.deepEqual(readdirSync(path.dirname(config())), ['mcp.json']);
  });

  it('gives the new token to those that were given a URL, when it is exchanged', async () => {
    const worker = await WorkerProcess.start(dataDir());
    try {
      const state = path.join(dataDir(), 'worker_state.json');
      const endpoint = (): string => (JSON.parse(readFileSync(state, 'utf8')) as Discovery).endpoint ?? '';
      const [old, body] = [endpoint(), (url: string): string => `{"mcpServers":{"g":{"url":"${url}"}}}`];
      writeFileSync(config(), body(old));
      const { status, stdout } = await run('worker', 'token', 'rotate', '--json');
      assert.equal(status, 0);
      assert.deepEqual((JSON.parse(stdout) as { updated: string[] }).updated, [config()]);
      assert.notEqual(endpoint(), old);
      assert.equal(readFileSync(config(), 'utf8'), body(endpoint()));
    } finally {
      await worker.end('SIGKILL');
    }
  });
});
