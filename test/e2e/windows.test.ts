import assert from 'node:assert/strict';
import { useEditor } from './editor.js';
import { GreeumWindow, takePicture } from './greeumWindow.js';
import { storedTexts } from './memoryFile.js';

const OWNER = /the worker runs in this window/;
const CLIENT = /client of another window/;

describe('Greeum in several windows', () => {
  const editor = useEditor();

  async function openWindow(label: RegExp): Promise<GreeumWindow> {
    const window = new GreeumWindow(await editor.openWindow());
    await window.waitForStatus(label);
    return window;
  }

  it('has one owner; the next window is its client, and the owner once the first is closed', async () => {
    const first = await openWindow(OWNER);
    const second = await openWindow(CLIENT);
    await first.addMemory('from the owner');
    await second.addMemory('from the client');
    await second.hoverStatus(CLIENT);
    await takePicture(second, 'client', { x: 0, y: 420, width: 720, height: 300 });
    await first.window.close();
    await second.waitForStatus(OWNER);
    await second.hoverStatus(/the worker runs in this window[^]*epoch 2/);
    await takePicture(second, 'takeover', { x: 0, y: 420, width: 720, height: 300 });
    await second.addMemory('from the new owner');
    await second.flush();
    assert.deepEqual(await storedTexts(editor.dataDir), ['from the owner', 'from the client', 'from the new owner']);
  });

  it('loses nothing when the extension host of the owner is killed', async () => {
    const first = await openWindow(OWNER);
    const second = await openWindow(CLIENT);
    await first.addMemory('acknowledged just before the kill');
    await first.window.killExtensionHost();
    await second.waitForStatus(OWNER);
    await second.addMemory('after the kill');
    await second.flush();
    assert.deepEqual((await storedTexts(editor.dataDir)).slice(-2), [
      'acknowledged just before the kill',
      'after the kill',
    ]);
  });
});
