import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from '../vscode/harness/paths.js';
import { useEditor } from './editor.js';
import { GreeumWindow } from './greeumWindow.js';
import { storedTexts } from './memoryFile.js';

describe('Greeum on a data directory that is a file', () => {
  const editor = useEditor({ settings: { 'greeum.dataDir': path.join(projectRoot, 'package.json') } });

  it('says so once, shows it in the status bar, and leads to the setting', async () => {
    const { window, ...rest } = await open();
    const told = await window.waitForNotification(/package\.json is a file\. Choose another folder/);
    assert.equal((await window.notifications()).length, 1);
    assert.equal(rest.kind, 'error');
    await told.getByRole('button', { name: 'Open Settings' }).click();
    await window.page.locator('.settings-editor').getByText('Folder that holds your memories').waitFor();
  });

  it('offers to try again when a memory is to be added', async () => {
    const { window } = await open();
    const [first] = [await window.waitForNotification(/Open Settings/)];
    await first.hover();
    await first.locator('.codicon-notifications-clear').click();
    await window.runCommand('Greeum: Add Memory');
    const asked = await window.waitForNotification(/Try Again/);
    await asked.getByRole('button', { name: 'Try Again' }).click();
    await window.waitForNotification(/package\.json is a file/);
  });

  async function open() {
    const greeum = new GreeumWindow(await editor.openWindow());
    const { kind } = await greeum.waitForStatus(/could not start/);
    return { window: greeum.window, kind };
  }
});

describe('Greeum whose data folder goes away', () => {
  const editor = useEditor();

  it('says so with a button that helps, keeps what was typed, and goes on when the folder is back', async () => {
    const greeum = new GreeumWindow(await editor.openWindow());
    const { window } = greeum;
    await greeum.waitForStatus(/runs in this window/);
    await greeum.addMemory('Written before the folder went.');
    const away = `${editor.dataDir}-away`;
    await rename(editor.dataDir, away);
    await window.runCommand('Greeum: Add Memory');
    await window.type('Written when the folder was back.', { accept: true });
    const told = await window.waitForNotification(/is not there any more|does not exist/);
    await rename(away, editor.dataDir);
    await told.getByRole('button', { name: 'Restart Worker' }).click();
    await greeum.dismissAdded();
    await greeum.waitForStatus(/runs in this window/);
    await greeum.flush();
    assert.deepEqual(await storedTexts(editor.dataDir), [
      'Written before the folder went.',
      'Written when the folder was back.',
    ]);
  });
});

describe('Greeum that is not to start by itself', () => {
  const editor = useEditor({ settings: { 'greeum.worker.autoStart': false } });

  it('starts from the question that Add Memory asks, and then goes on', async () => {
    const greeum = new GreeumWindow(await editor.openWindow());
    await greeum.waitForStatus(/stopped in this window/);
    await greeum.window.runCommand('Greeum: Add Memory');
    const asked = await greeum.window.waitForNotification(/worker is stopped/);
    await asked.getByRole('button', { name: 'Start Worker' }).click();
    await greeum.window.type('Now it runs.', { accept: true });
    await greeum.window.waitForNotification(/Memory added: block #0/);
    await greeum.waitForStatus(/runs in this window/);
  });
});
