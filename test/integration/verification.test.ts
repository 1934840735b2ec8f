import assert from 'node:assert/strict';
import { cpSync, renameSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { dirname, join } from 'node:path';

import { WriteServiceClient } from '../../src/client/writeServiceClient.js';
import { cliPath, scratchFolder, WorkerProcess } from '../support/greeumProcess.js';

/** A verification that never ends, and holds a connection for as long as its thread lives. */
const ENDLESS = `
const { workerData } = require('node:worker_threads');
if (workerData.type !== 'verify') require('./sound-background.js');
else require('node:net').connect(Number(process.env.TEST_PORT), '127.0.0.1');
`;

describe('a verification of a worker', () => {
  it('ends in the worker when whoever asked for it gives up, and the worker goes on', async () => {
    const folder = scratchFolder();
    const dist = join(folder.path, 'dist');
    const dataDir = join(folder.path, 'memory');
    cpSync(dirname(cliPath), dist, { recursive: true });
    renameSync(join(dist, 'background.js'), join(dist, 'sound-background.js'));
    writeFileSync(join(dist, 'background.js'), ENDLESS);
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const worker = await WorkerProcess.start(dataDir, [], join(dist, 'cli.js'), { TEST_PORT: String(port) });
    const client = new WriteServiceClient({ dataDir, source: 'api', use: 'require', whenNoOwner: () => null });
    try {
      const giveUp = new AbortController();
      const verifying = assert.rejects(client.verify({ signal: giveUp.signal }), { code: 'timeout' });
      const [thread] = (await once(server, 'connection')) as [Socket];
      thread.resume();
      const ended = once(thread, 'close');
      giveUp.abort();
      await Promise.all([verifying, ended]);
      const { status } = await client.call('add_memory', { content: 'The worker goes on.' });
      assert.equal(status, 'added');
    } finally {
      client.close();
      await worker.end('SIGTERM');
      server.close();
      folder.remove();
    }
  });
});
