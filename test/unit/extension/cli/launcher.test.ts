import assert from 'node:assert/strict';
import { launcherOf } from '../../../../src/extension/cli/launcher.js';

describe('the launcher of the command line', () => {
  it('runs the program as Node with every argument, whatever is in the paths', () => {
    const { fileName, text } = launcherOf('linux', { node: "/opt/it's/code", script: '/home/a b/$(x)/cli.js' });
    assert.equal(fileName, 'greeum');
    assert.equal(text, `#!/bin/sh\nELECTRON_RUN_AS_NODE=1 exec '/opt/it'\\''s/code' '/home/a b/$(x)/cli.js' "$@"\n`);
  });

  it('is a batch file on Windows, where a percent sign is no variable', () => {
    const { fileName, text } = launcherOf('win32', { node: 'C:\\Code.exe', script: 'C:\\100% mine\\cli.js' });
    assert.equal(fileName, 'greeum.cmd');
    assert.equal(text.split('\r\n').at(-2), '"C:\\Code.exe" "C:\\100%% mine\\cli.js" %*');
  });
});
