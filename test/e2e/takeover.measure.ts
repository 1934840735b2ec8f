import { readFileSync } from 'node:fs';
import path from 'node:path';
import { WriteServiceClient } from '../../src/client/writeServiceClient.js';
import { Clients } from '../../src/torture/clients.js';
import type { EditorWindow } from '../vscode/harness/editorWindow.js';
import { projectRoot } from '../vscode/harness/paths.js';
import { waitFor } from '../vscode/harness/waitFor.js';
import { useEditor } from './editor.js';
import { GreeumWindow } from './greeumWindow.js';

/*
 * `npm run measure:takeover`: three VS Code windows and four clients that add memories without a pause; the extension
 * host that owns the directory is killed with `kill -9`, again and again. Printed is the longest that each client waits
 * for an answer from the kill on. No part of `npm test`: a figure is no test.
 */

const KILLS = Number(process.env['TAKEOVER_KILLS'] ?? 25);
const BLOCKS = Number(process.env['TAKEOVER_BLOCKS'] ?? 10_000);
const WINDOWS = 3;
const CLIENTS = 4;
const PREFILL_CALLERS = 64;
/** Written between two kills. */
const WRITES = 200;

describe(`an owner killed with ${WINDOWS} windows and ${CLIENTS} clients connected, on ${BLOCKS} blocks`, function () {
  this.timeout(0);
  const editor = useEditor();
  const windows: EditorWindow[] = [];

  async function openWindow(): Promise<void> {
    const window = await editor.openWindow();
    windows.push(window);
    await new GreeumWindow(window).waitForStatus(/the worker runs in this window|client of another window/);
  }

  async function prefill(): Promise<void> {
    const client = new WriteServiceClient({ dataDir: editor.dataDir, source: 'api', use: 'require', env: {} });
    let next = 0;
    const callers = Array.from({ length: PREFILL_CALLERS }, async () => {
      for (let number = next++; number < BLOCKS; number = next++) {
        await client.addMemory({ content: `A memory from before, number ${number}`, tags: ['prefill'] });
      }
    });
    await Promise.all(callers);
    client.close();
  }

  function ownerPid(): number {
    const holder = readFileSync(path.join(editor.dataDir, 'data', 'worker.lock'), 'utf8');
    return (JSON.parse(holder) as { pid: number }).pid;
  }

  /** The others take over; then the window gets a new host as after a reload, so that there are three again. */
  async function kill(clients: Clients): Promise<readonly number[]> {
    const window = windows.find(({ extensionHostPid }) => extensionHostPid === ownerPid());
    if (window === undefined) throw new Error('The owner is none of the windows.');
    process.kill(window.extensionHostPid, 'SIGKILL');
    const { longestMs } = await clients.waitsSince(Date.now());
    // Only now: the directory shall stay as large as it was, and a new window takes a while.
    await clients.killAll();
    windows.splice(windows.indexOf(window), 1);
    await window.close();
    await waitFor('the host that VS Code started anew to end', () => editor.server.extensionHosts().length < WINDOWS);
    await openWindow();
    return longestMs;
  }

  it('is taken over', async () => {
    for (let count = 0; count < WINDOWS; count += 1) await openWindow();
    await prefill();
    const distDir = path.join(projectRoot, 'dist');
    const clients = new Clients({
      dataDir: editor.dataDir,
      seed: 1,
      allWait: true,
      callersEach: 1,
      // Three flushes a second, as of torture, are nobody's use of it, and each makes who waits read the file anew.
      onlyAdds: true,
      distDir,
    });
    const tookMs: number[] = [];
    for (let count = 1; count <= KILLS; count += 1) {
      for (let client = 0; client < CLIENTS; client += 1) clients.start();
      await clients.moreAcknowledged(WRITES);
      const times = await kill(clients);
      console.log(`kill ${count} of ${KILLS}: ${times.join(', ')} ms`);
      tookMs.push(...times);
    }
    tookMs.sort((a, b) => a - b);
    const at = (share: number): number => tookMs[Math.min(tookMs.length - 1, Math.floor(tookMs.length * share))] ?? 0;
    console.log(
      `${tookMs.length} waiting clients: ${at(0.5)} ms (median), ${at(0.9)} ms (90 of 100), ${at(0.99)} ms (99 of 100), ` +
        `${at(1)} ms (worst); ${clients.acknowledged.size} writes, ${clients.failed} failed`,
    );
  });
});
