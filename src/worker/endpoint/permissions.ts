/** The folders of a data directory hold what is nobody else's business: they are closed to other users, or not used. */

import { chmod, lstat, stat } from 'node:fs/promises';
import { GreeumError } from '../../protocol/errors.js';

/** Rights of the group and of everybody. */
const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;

/**
 * Takes away the rights that others have in folders of ours. Not on Windows, where a profile is closed already.
 * @returns a sentence for each folder that was open
 * @throws GreeumError `unsafe_permissions` for a folder of somebody else in which others may write
 */
export async function closeToOthers(folders: readonly string[]): Promise<string[]> {
  if (process.platform === 'win32') return [];
  const repaired: string[] = [];
  for (const folder of new Set(folders)) {
    const { mode, uid } = await stat(folder);
    if ((mode & OTHERS) === 0) continue;
    if (uid === process.getuid?.()) {
      await chmod(folder, mode & ~OTHERS & 0o7777);
      repaired.push(`${folder} was open to other users (mode ${octal(mode)}); it is closed now.`);
    } else if ((mode & OTHERS_WRITE) !== 0) {
      throw new GreeumError('unsafe_permissions', `${folder} belongs to another user and others may write in it.`, {
        hint: `Take these rights away (chmod go-w ${folder}), or choose another data directory.`,
      });
    }
  }
  return repaired;
}

/** Why a file of secrets cannot be one: null when it can. Follows no link. */
export async function openness(file: string): Promise<string | null> {
  const found = await lstat(file);
  if (!found.isFile()) return 'was not a plain file.';
  if (process.platform === 'win32') return null;
  if (found.uid !== process.getuid?.()) return 'belonged to another user.';
  return (found.mode & OTHERS) === 0 ? null : 'was open to other users.';
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8);
}
