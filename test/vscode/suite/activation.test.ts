import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { waitForStatus } from './editor.js';
import { name, publisher } from '../../../package.json';

describe('the extension', () => {
  it('activates by itself and registers every command it contributes', async () => {
    const extension = vscode.extensions.getExtension(`${publisher}.${name}`);
    assert.ok(extension, 'the extension is not installed');
    await extension.activate();
    const registered = await vscode.commands.getCommands(true);
    const { contributes } = extension.packageJSON as { contributes: { commands: { command: string }[] } };
    const contributed = contributes.commands.map(({ command }) => command);
    assert.deepEqual(
      contributed.filter((command) => !registered.includes(command)),
      [],
    );
  });

  it('takes no more than 50 ms of the main thread to activate', async () => {
    const status = await waitForStatus(/activated in [\d.]+ ms/);
    const [line, activationMs] = /activated in ([\d.]+) ms.*$/m.exec(status) ?? [];
    assert.ok(Number(activationMs) > 0 && Number(activationMs) <= 50, line);
  });
});
