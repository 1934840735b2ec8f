/** The git repository around a path and its branch, from the repository's files alone. Pure but for the reader. */

import path from 'node:path';

export interface GitPlace {
  /** Folder of the working tree. */
  root: string;
  /** Null while no branch is checked out (a detached head). */
  branch: string | null;
}

/** Text of a file; null when there is no such file. */
export type ReadText = (file: string) => Promise<string | null>;

/** @param start absolute path of a file or folder that need not exist */
export async function findGit(start: string, readText: ReadText): Promise<GitPlace | null> {
  for (let folder = start; ; folder = path.dirname(folder)) {
    const head = await headOf(folder, readText);
    if (head !== null) return { root: folder, branch: branchOf(head) };
    if (path.dirname(folder) === folder) return null;
  }
}

/** In a worktree or submodule `.git` is a file that names the folder where HEAD lies. */
async function headOf(folder: string, readText: ReadText): Promise<string | null> {
  const dotGit = path.join(folder, '.git');
  const head = await readText(path.join(dotGit, 'HEAD'));
  if (head !== null) return head;
  const elsewhere = /^gitdir: (.+)$/m.exec((await readText(dotGit)) ?? '')?.[1];
  return elsewhere === undefined ? null : readText(path.resolve(folder, elsewhere.trim(), 'HEAD'));
}

function branchOf(head: string): string | null {
  return /^ref: refs\/heads\/(.+)$/m.exec(head)?.[1]?.trim() ?? null;
}
