import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { waitFor } from '../harness/waitFor.js';
import { addMemory, openFile, run, services, waitForStatus } from './editor.js';

describe('a window of several folders', () => {
  before(() => waitForStatus(/^State of this window +owner$/m));

  const projectOf = async (block_index: number): Promise<string | null> => {
    const { session } = await services();
    return (await session.service.call('get_memory', { block_index })).memory.project;
  };

  it('gives a memory the folder of the file in front as its project, and none where that is in no folder', async () => {
    for (const folder of ['shop', 'kitchen']) {
      await openFile('notes.md', `# ${folder}`, folder);
      const { block_index } = await addMemory(`The ${folder} opens at noon.`);
      assert.equal(await projectOf(block_index), folder);
    }
    await run('workbench.action.closeAllEditors');
    assert.equal(await projectOf((await addMemory('Nobody is in front.')).block_index), null);
  });

  it('shows and finds what belongs to the folder in front, and stays there while a memory is read', async () => {
    const { scope, views } = await services();
    const changes: (string | undefined)[] = [];
    const listening = scope.onDidChange(() => changes.push(scope.project));
    try {
      await openFile('notes.md', '# shop', 'shop');
      await waitFor('the shop', () => scope.project === 'shop');
      await openFile('notes.md', '# kitchen', 'kitchen');
      await waitFor('the kitchen', () => scope.project === 'kitchen');
      await openFile('notes.md', '# shop', 'shop');
      await waitFor('the shop', () => scope.project === 'shop');
      assert.deepEqual(scope.filter, { project: 'shop', include_global: true });
      const groups = await views.branches.getChildren();
      const rows = (await Promise.all(groups.map((group) => views.branches.getChildren(group)))).flat();
      const texts = rows.flatMap((row) => (row.kind === 'memory' ? [row.memory.context] : []));
      assert.deepEqual(texts.sort(), ['Nobody is in front.', 'The shop opens at noon.']);
      await run('greeum.openMemory', 1);
      await waitFor('the memory', () => vscode.window.activeTextEditor?.document.uri.scheme === 'greeum');
      assert.equal(scope.project, 'shop');
      assert.deepEqual(changes.slice(-2), ['kitchen', 'shop']);
    } finally {
      listening.dispose();
      await run('workbench.action.closeAllEditors');
    }
  });
});
