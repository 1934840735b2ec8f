import assert from 'node:assert/strict';
import { useEditor } from './editor.js';

describe('windows of the packaged extension', () => {
  const editor = useEditor();

  it('have an extension host each, and closing one leaves the other alone', async () => {
    const first = await editor.openWindow();
    const second = await editor.openWindow();
    for (const window of [first, second]) {
      assert.ok((await window.commandsMatching('Greeum: Add Memory')).length > 0);
    }
    await first.close();
    assert.deepEqual(editor.server.extensionHosts(), [second.extensionHostPid]);
  });
});
