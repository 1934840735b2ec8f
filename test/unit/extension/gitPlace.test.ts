import assert from 'node:assert/strict';
import path from 'node:path';
import { findGit } from '../../../src/extension/gitPlace.js';

const root = path.resolve('/home/ada/app');

function reader(files: Record<string, string>) {
  return (file: string): Promise<string | null> => Promise.resolve(files[path.relative(root, file)] ?? null);
}

describe('findGit', () => {
  it('finds the repository above a file, and its branch with slashes', async () => {
    const read = reader({ [path.join('.git', 'HEAD')]: 'ref: refs/heads/feature/slots\n' });
    assert.deepEqual(await findGit(path.join(root, 'src', 'a.ts'), read), { root, branch: 'feature/slots' });
  });

  it('follows the pointer of a worktree', async () => {
    const read = reader({
      '.git': 'gitdir: ../main/.git/worktrees/app\n',
      [path.join('..', 'main', '.git', 'worktrees', 'app', 'HEAD')]: 'ref: refs/heads/fix',
    });
    assert.deepEqual(await findGit(root, read), { root, branch: 'fix' });
  });

  it('knows no branch while the head is detached', async () => {
    const read = reader({ [path.join('.git', 'HEAD')]: `${'ab'.repeat(20)}\n` });
    assert.deepEqual(await findGit(root, read), { root, branch: null });
  });

  it('finds nothing where there is nothing', async () => {
    assert.equal(await findGit(path.join(root, 'x'), reader({})), null);
    assert.equal(await findGit(root, reader({ '.git': 'not a pointer' })), null);
  });
});
