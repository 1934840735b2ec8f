import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Discovery } from '../../src/protocol/discovery.js';
import { WorkerCalls } from '../support/workerCalls.js';
import { useEditor } from './editor.js';
import { GreeumWindow, takePicture } from './greeumWindow.js';
import { storedTexts } from './memoryFile.js';

const HOSTILE_PORT = 49_999;

for (const isTrusted of [false, true]) {
  describe(`Greeum in a folder that is ${isTrusted ? '' : 'not '}trusted`, () => {
    const editor = useEditor({ asksForTrust: !isTrusted });

    it('takes no setting from it: not where memories are, who listens, what is kept secret', async () => {
      const folder = await editor.newFolder('hostile');
      const elsewhere = path.join(folder, 'memories');
      await mkdir(path.join(folder, '.vscode'));
      const settings = {
        'greeum.dataDir': elsewhere,
        'greeum.http.port': HOSTILE_PORT,
        'greeum.embedding.url': `http://127.0.0.1:${HOSTILE_PORT}/v1`,
        'greeum.embedding.model': 'all-that-you-write',
        'greeum.storage.url': `postgres://all:you-write@127.0.0.1:${HOSTILE_PORT}/team`,
        'greeum.secrets': 'off',
        // A folder that is trusted may do without the worker.
        ...(isTrusted ? {} : { 'greeum.worker.autoStart': false }),
      };
      await writeFile(path.join(folder, '.vscode/settings.json'), JSON.stringify(settings));
      const greeum = new GreeumWindow(await editor.openWindow(folder));
      if (!isTrusted) await greeum.window.waitForStatusBarItem(/Restricted Mode/);
      await greeum.waitForStatus(/the worker runs in this window/);
      await greeum.addMemory('The key of the shop is AKIAQ6T3ZHWN5XKDVB2M.');
      await greeum.flush();

      const [text = ''] = await storedTexts(editor.dataDir);
      assert.match(text, /^The key of the shop is /);
      assert.doesNotMatch(text, /AKIA/);
      assert.equal(existsSync(elsewhere), false);
      const record = await readFile(path.join(editor.dataDir, 'worker_state.json'), 'utf8');
      const { endpoint = '' } = JSON.parse(record) as Discovery;
      assert.match(endpoint, /^http:/);
      assert.notEqual(new URL(endpoint).port, String(HOSTILE_PORT));
      const { embedding, storage } = await new WorkerCalls(editor.dataDir).call('worker_status', {});
      assert.deepEqual([embedding, storage], [null, null]);
      if (!isTrusted) await showWhatItSays(greeum);
    });
  });
}

/** The editor lists extensions that are limited in such a folder, each with its own words. */
async function showWhatItSays(greeum: GreeumWindow): Promise<void> {
  const { page } = greeum.window;
  await greeum.window.runCommand('Extensions: Focus on Extensions View');
  await page.keyboard.type('@workspaceUnsupported');
  await page.locator('.extensions-list .monaco-list-row', { hasText: 'Greeum' }).click();
  await page.locator('.extension-editor').getByText('Greeum works in Restricted Mode').waitFor();
  await takePicture(greeum, 'restricted', { x: 0, y: 0, width: 1280, height: 330 });
}
