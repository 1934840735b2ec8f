import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { addMemory, waitForStatus } from './editor.js';

describe('bad luck', () => {
  const settings = () => vscode.workspace.getConfiguration('greeum');
  const set = (name: string, value: unknown) => settings().update(name, value, vscode.ConfigurationTarget.Global);

  it('with settings that make no sense is as if they were not set', async function () {
    this.timeout(60_000); // The editor writes its settings eight times.
    const nonsense = { 'http.port': 'none', scope: 42, secrets: ['off'], 'mentions.enabled': 'yes' };
    try {
      for (const [name, value] of Object.entries(nonsense)) await set(name, value);
      await addMemory('Nonsense in the settings keeps nobody from remembering.');
      assert.match(await waitForStatus(/^HTTP +http/m), /^State of this window +owner$/m);
    } finally {
      for (const name of Object.keys(nonsense)) await set(name, undefined);
    }
  });
});
