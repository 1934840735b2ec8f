import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { addMemory, services, waitForStatus } from './editor.js';

describe('a window without a folder', () => {
  it('remembers without a project, and shows and finds everything', async () => {
    assert.equal(vscode.workspace.workspaceFolders, undefined);
    await waitForStatus(/^State of this window +owner$/m);
    const { session, scope, views } = await services();
    const { block_index } = await addMemory('The lighthouse keeper has no project.');
    const { memory } = await session.service.call('get_memory', { block_index });
    assert.equal(memory.project, null);
    await session.service.call('add_memory', { content: 'The shop has one.', project: 'shop' });
    assert.deepEqual([scope.project, scope.filter], [undefined, {}]);
    const groups = await views.branches.getChildren();
    const rows = (await Promise.all(groups.map((group) => views.branches.getChildren(group)))).flat();
    const texts = rows.flatMap((row) => (row.kind === 'memory' ? [row.memory.context] : []));
    assert.deepEqual(texts.sort(), ['The lighthouse keeper has no project.', 'The shop has one.']);
  });
});
