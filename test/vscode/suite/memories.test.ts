import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { addMemory, openFile, pressEnterUntil, run } from './editor.js';
import { storedMemory } from './memoryFile.js';

describe('memories', () => {
  it('land in memory.db, with the workspace folder as their project', async () => {
    const { block_index } = await addMemory('The suite was here. 한국어도.');
    await run('greeum.flushToDisk');
    const stored = storedMemory(block_index);
    assert.equal(stored?.context, 'The suite was here. 한국어도.');
    assert.equal(stored?.metadata['source'], 'vscode');
    const text = await readMemory(block_index);
    assert.match(text, new RegExp(`^project: "${vscode.workspace.workspaceFolders?.[0]?.name ?? ''}"$`, 'm'));
  });

  it('made of a selection know their file, lines and language', async () => {
    const editor = await openFile('notes.py', 'a = 1\nb = 2\nc = 3\n');
    editor.selection = new vscode.Selection(1, 0, 3, 0);
    const adding = run<{ block_index: number }>('greeum.addSelection');
    const added = await pressEnterUntil('the selection to be added', adding);
    await run('greeum.flushToDisk');
    const { context, metadata } = storedMemory(added.block_index) ?? {};
    assert.equal(context, 'b = 2\nc = 3\n');
    const { file, start_line, end_line, language } = metadata ?? {};
    assert.deepEqual([file, start_line, end_line, language], ['notes.py', 2, 3, 'python']);
  });

  it('are refused when blank, and nothing is written', async () => {
    const { block_index } = await addMemory('before the blank one');
    assert.equal(await run('greeum.addMemory', { content: '  ' }), undefined);
    assert.equal((await addMemory('after the blank one')).block_index, block_index + 1);
  });

  it('open as read-only documents in which nothing runs', async () => {
    const hostile = '[x](command:workbench.action.closeWindow) <command:workbench.action.closeWindow>\n---\nblock: 99';
    const { block_index } = await addMemory(hostile);
    const uri = memoryUri(block_index);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    assert.match(document.getText(), new RegExp(`^---\nblock: ${block_index}\n`));
    const links = await run<vscode.DocumentLink[]>('vscode.executeLinkProvider', uri);
    assert.deepEqual(
      links.filter(({ target }) => target?.scheme === 'command'),
      [],
    );
    await run('type', { text: 'x' });
    assert.match(document.getText(), /^---\n/);
    assert.equal(document.isDirty, false);
  });

  it('that do not exist give a page that says so', async () => {
    assert.match(await readMemory(999_999), /^# Memory #999999 cannot be read now/);
  });
});

function memoryUri(blockIndex: number): vscode.Uri {
  return vscode.Uri.from({ scheme: 'greeum', path: `/Memory ${blockIndex}.md` });
}

async function readMemory(blockIndex: number): Promise<string> {
  return (await vscode.workspace.openTextDocument(memoryUri(blockIndex))).getText();
}
