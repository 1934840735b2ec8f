import assert from 'node:assert/strict';
import { launcherOf, serverCommandOf } from '../../../../src/extension/cli/launcher.js';

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

  it('is what agents start, through a shell where a script cannot be started without', () => {
    const env = { GREEUM_DATA_DIR: '/data' };
    assert.deepEqual(serverCommandOf('darwin', '/bin/greeum', env), {
      command: '/bin/greeum',
      args: ['mcp', 'serve'],
      env,
    });
    assert.deepEqual(serverCommandOf('win32', 'C:\\a b\\greeum.cmd', env), {
      command: 'cmd',
      args: ['/c', 'C:\\a b\\greeum.cmd', 'mcp', 'serve'],
      env,
    });
  });
});
