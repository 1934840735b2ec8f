import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { waitFor } from '../harness/waitFor.js';
import { answerDialogs } from './dialogs.js';
import { addMemory, run, services, waitForStatus } from './editor.js';

const OWNER = /^State of this window +owner$/m;

describe('bad luck', () => {
  const settings = () => vscode.workspace.getConfiguration('greeum');
  const set = (name: string, value: unknown) => settings().update(name, value, vscode.ConfigurationTarget.Global);

  it('with settings that make no sense is told by name, with a button, and the defaults are used', async function () {
    this.timeout(60_000); // The editor writes its settings again and again.
    await waitForStatus(OWNER);
    const parts = await services();
    const before = parts.settings.current;
    const nonsense = { 'http.port': 'none', scope: 42, secrets: ['off'], 'mentions.enabled': 'yes', dataDir: 7 };
    const dialogs = answerDialogs('Open Settings');
    try {
      for (const [name, value] of Object.entries(nonsense)) await set(name, value);
      const ids = Object.keys(nonsense).map((name) => `greeum.${name}`);
      await waitFor('all of them to be known', () => parts.settings.current.problems.length === ids.length);
      assert.deepEqual([...parts.settings.current.problems].sort(), ids.sort());
      assert.deepEqual({ ...parts.settings.current, problems: [] }, before);
      const last = dialogs.shown.at(-1) ?? { message: '', buttons: [] };
      for (const id of ids) assert.ok(last.message.includes(id), last.message);
      assert.deepEqual(last.buttons, ['Open Settings']);
      // The settings are open by now: the button was pressed.
      await waitFor('the page of the settings', () =>
        vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => /settings/i.test(label))),
      );
      await addMemory('Nonsense in the settings keeps nobody from remembering.');
      assert.match(await waitForStatus(/^HTTP +http/m), OWNER);
      const { length } = dialogs.shown;
      await set('scope', 43);
      await set('scope', undefined);
      await waitFor('one less', () => parts.settings.current.problems.length === ids.length - 1);
      // Another kind of the same nonsense is no news; that one is mended is.
      assert.equal(dialogs.shown.length, length + 1);
    } finally {
      dialogs.stop();
      for (const name of Object.keys(nonsense)) await set(name, undefined);
      await run('workbench.action.closeAllEditors');
    }
  });

  it('with a data folder that is a file is told, with a way to the settings, and ends with the setting', async function () {
    this.timeout(60_000);
    await waitForStatus(OWNER);
    const { session } = await services();
    const folder = await mkdtemp(path.join(tmpdir(), 'greeum-file-'));
    const file = path.join(folder, 'memory');
    await writeFile(file, 'not a folder');
    const dialogs = answerDialogs();
    try {
      await set('dataDir', file);
      await waitFor('the worker to fail', () => session.state.phase === 'failed');
      assert.equal(session.state.error?.code, 'data_dir_not_a_directory');
      const told = await waitFor('the message', () => dialogs.shown.find(({ message }) => message.includes(file)));
      assert.match(told.message, /greeum\.dataDir/);
      assert.ok(told.buttons.includes('Open Settings'), told.buttons.join());
    } finally {
      dialogs.stop();
      await set('dataDir', undefined);
      await waitForStatus(OWNER);
      await rm(folder, { recursive: true });
    }
  });
});

describe("a notice with Don't Show Again", () => {
  it('is not shown again once that was pressed, and what it said stands in the status bar', async () => {
    await waitForStatus(OWNER);
    const { state } = await services();
    const first = answerDialogs("Don't Show Again");
    try {
      const { block_index } = await addMemory('The first of two notices.');
      const told = await waitFor('the notice', () => first.shown.find(({ message }) => /added/.test(message)));
      assert.match(told.message, new RegExp(`#${block_index}`));
      await waitFor('it to be muted', () => state.isMuted('memoryAdded'));
      const { length } = first.shown;
      await addMemory('The second of two notices.');
      assert.equal(first.shown.length, length);
    } finally {
      first.stop();
    }
  });
});
