import assert from 'node:assert/strict';
import { planPathInstall, type PathFacts } from '../../../../src/extension/cli/pathInstall.js';

const facts: PathFacts = {
  platform: 'linux',
  home: '/home/kim',
  searchPath: '/home/kim/.local/bin:/usr/local/bin:/usr/bin',
  launcher: '/home/kim/storage/bin/greeum',
  isWritable: (folder) => folder.startsWith('/home/kim'),
  lookAt: () => 'nothing',
};

describe('where the greeum command goes', () => {
  it('is the person’s own folder, when terminals look there', () => {
    assert.deepEqual(planPathInstall(facts), { kind: 'link', file: '/home/kim/.local/bin/greeum' });
  });

  it('is the machine’s folder otherwise, by a line that the person sends, unless it is writable', () => {
    const searchPath = '/usr/bin:/usr/local/bin';
    assert.deepEqual(planPathInstall({ ...facts, searchPath, launcher: "/a/it's/greeum" }), {
      kind: 'command',
      line: `sudo ln -s '/a/it'\\''s/greeum' /usr/local/bin/greeum`,
    });
    const asRoot = planPathInstall({ ...facts, searchPath, isWritable: () => true });
    assert.deepEqual(asRoot, { kind: 'link', file: '/usr/local/bin/greeum' });
  });

  it('is left as it is when the command is there, ours or another', () => {
    const file = '/home/kim/.local/bin/greeum';
    assert.deepEqual(planPathInstall({ ...facts, lookAt: () => 'ours' }), { kind: 'installed', file });
    assert.deepEqual(planPathInstall({ ...facts, lookAt: () => 'foreign' }), { kind: 'taken', file });
  });

  it('is a folder more in the person’s Path on Windows', () => {
    const windows: PathFacts = {
      ...facts,
      platform: 'win32',
      searchPath: 'C:\\Windows',
      launcher: "C:\\it's\\greeum.cmd",
    };
    const plan = planPathInstall(windows);
    assert.equal(plan.kind, 'command');
    assert.match(
      plan.kind === 'command' ? plan.line : '',
      /SetEnvironmentVariable\('Path', .* \+ ';C:\\it''s', .*User\)$/,
    );
    const there = planPathInstall({ ...windows, searchPath: "C:\\Windows;c:\\IT'S" });
    assert.equal(there.kind, 'installed');
  });
});
