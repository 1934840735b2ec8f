import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { waitFor } from '../harness/waitFor.js';
import { addMemory, openFile, run } from './editor.js';

describe('mentions of the open file', () => {
  const setting = () => vscode.workspace.getConfiguration('greeum.mentions');
  const lenses = async (uri: vscode.Uri): Promise<string[]> => {
    const found = await run<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri, 10);
    return found.map(({ command }) => command?.title ?? '').filter((title) => /mention/.test(title));
  };

  after(() => setting().update('enabled', undefined, vscode.ConfigurationTarget.Global));

  it('are told above it when the setting is on, and not before', async () => {
    const { document } = await openFile('tariffs.py', 'RATE = 3\n');
    await addMemory('We keep tariffs.py free of I/O, so that it can be tested alone.');
    assert.deepEqual(await lenses(document.uri), []);
    await setting().update('enabled', true, vscode.ConfigurationTarget.Global);
    await waitFor(
      'the line above the file',
      async () => (await lenses(document.uri))[0] === '$(note) 1 memory mentions this file',
    );
    await addMemory('The tests of tariffs.py take 20 ms.');
    await waitFor('the second one', async () => /2 memories/.test((await lenses(document.uri))[0] ?? ''));
  });
});
