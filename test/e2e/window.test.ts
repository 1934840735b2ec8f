import assert from 'node:assert/strict';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeTempDir } from '../vscode/harness/paths.js';
import { waitFor } from '../vscode/harness/waitFor.js';
import { useEditor } from './editor.js';
import { GreeumWindow, takePicture } from './greeumWindow.js';
import { storedTexts } from './memoryFile.js';

describe('Greeum in a window', () => {
  const editor = useEditor();

  const folders: string[] = [];
  after(async () => {
    for (const folder of folders) await rm(folder, { recursive: true, force: true });
  });

  /** A new folder with a name fit for pictures. */
  async function newFolder(name: string): Promise<string> {
    const parent = await makeTempDir('project');
    folders.push(parent);
    const folder = path.join(parent, name);
    await mkdir(folder);
    return folder;
  }

  async function openWindow(folder?: string): Promise<GreeumWindow> {
    const window = new GreeumWindow(await editor.openWindow(folder));
    await window.waitForStatus(/the worker runs in this window/);
    return window;
  }

  it('adds a memory from the palette, and it lands in the file', async () => {
    const window = await openWindow();
    await window.addMemory('We deploy on Tuesdays. 배포는 화요일.');
    await window.flush();
    assert.deepEqual(await storedTexts(editor.dataDir), ['We deploy on Tuesdays. 배포는 화요일.']);
  });

  it('refuses a blank memory where it is typed', async () => {
    const window = await openWindow();
    await window.window.runCommand('Greeum: Add Memory');
    await window.window.type('   ', { accept: true });
    await window.window.page.getByText('Write the text of the memory.').waitFor();
    await window.window.page.keyboard.press('Escape');
  });

  it('adds the selection of an editor from its context menu', async () => {
    const folder = await newFolder('service');
    await writeFile(path.join(folder, 'limits.py'), 'RETRIES = 5\nTIMEOUT = 30\n');
    const greeum = await openWindow(folder);
    const { window } = greeum;
    const { page } = window;
    await page.getByRole('treeitem', { name: 'limits.py' }).dblclick();
    await page.locator('.view-line').filter({ hasText: 'RETRIES' }).click();
    await page.keyboard.press('Control+a');
    await page.locator('.view-line').filter({ hasText: 'RETRIES' }).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Add Selection to Memory' }).click();
    await window.type('The service allows no more.', { accept: true });
    const added = await window.waitForNotification(/Memory added/);
    await added.getByRole('button', { name: 'Open' }).click();
    const text = await waitFor('the memory to open', async () => {
      const shown = await greeum.visibleText();
      return shown.includes('The service allows no more.') && shown;
    });
    assert.match(text, /TIMEOUT = 30/);
    assert.match(text, /"file":"limits\.py"/);
    assert.match(text, /"language":"python"/);
  });

  it('searches while typing and opens what is picked', async () => {
    const window = await openWindow(await newFolder('shop'));
    for (const text of [
      'Redis was too slow for the queue.',
      'The logo is green.',
      'The queue holds 10 000 commands.',
    ]) {
      await window.addMemory(text);
    }
    await window.window.runCommand('Greeum: Search Memories');
    await window.window.type('queue');
    await waitFor('two memories', async () => (await window.foundMemories()).length === 2);
    await takePicture(window, 'search', { x: 320, y: 0, width: 640, height: 180 });
    await window.window.type('redis queue');
    await waitFor('the best one first', async () => /Redis/.test((await window.foundMemories())[0] ?? ''));
    await window.window.page.keyboard.press('Enter');
    await waitFor('the memory to open', async () => (await window.visibleText()).includes('Redis was too slow'));
  });

  it('shows the worker in the status bar and its numbers above it', async () => {
    const window = await openWindow(await newFolder('notes'));
    for (const text of ['Retries are limited to five.', 'Timeouts are 30 seconds.', 'The queue is bounded.']) {
      await window.addMemory(text);
    }
    const text = await window.hoverStatus(/Last checkpoint/);
    for (const fact of [/epoch \d+/, /0 waiting/, /p50 [\d.]+ ms/]) assert.match(text, fact);
    await takePicture(window, 'status-bar', { x: 0, y: 420, width: 720, height: 300 });
  });
});
