import assert from 'node:assert/strict';
import * as vscode from 'vscode';
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
});
