/** Writing another program's configuration: only what was shown, with a copy of what was there, and a way back. */

import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { GreeumError } from '../protocol/errors.js';

/** Text of the file; null when there is none. */
export async function readConfig(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** What was done, as {@link undoWrite} needs it. */
export interface Written {
  file: string;
  /** Copy of the file as it was; null when there was none. */
  backup: string | null;
  before: string | null;
  after: string;
}

/**
 * Replaces the file as a whole, so that its program never reads half of it. A link stays a link, and the file keeps
 * its mode.
 * @param before the text that was shown; when the file is another one by now, nothing is written
 * @param keepCopy false where the file as it was is worth nothing
 * @throws GreeumError `invalid_argument` when the file has changed
 */
export async function writeConfig(
  file: string,
  before: string | null,
  after: string,
  { keepCopy = true }: { keepCopy?: boolean } = {},
): Promise<Written> {
  await requireUnchanged(file, before);
  await mkdir(path.dirname(file), { recursive: true });
  const target = before === null ? file : await realpath(file);
  const backup = before === null || !keepCopy ? null : `${target}.before-greeum-${stamp()}`;
  if (backup !== null) await copyFile(target, backup, constants.COPYFILE_EXCL);
  await replace(target, after, before === null ? 0o600 : (await stat(target)).mode);
  return { file: target, backup, before, after };
}

/** `20261124-081502-a1b2`: when, and what tells two of a second apart. */
function stamp(): string {
  const time = new Date()
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replace(/[-:]/g, '')
    .replace('T', '-');
  return `${time}-${randomUUID().slice(0, 4)}`;
}

/** Sets everything back as it was before. @throws GreeumError `invalid_argument` when somebody changed the file since */
export async function undoWrite({ file, backup, before, after }: Written): Promise<void> {
  await requireUnchanged(file, after);
  if (before === null) await rm(file);
  else await replace(file, before, (await stat(file)).mode);
  if (backup !== null) await rm(backup, { force: true });
}

async function replace(file: string, text: string, mode: number): Promise<void> {
  // A name that nobody can have put there before, and a file that nobody else may read until it has its mode.
  const temporary = `${file}.${randomUUID()}.tmp`;
  try {
    await writeFile(temporary, text, { mode: 0o600, flag: 'wx' });
    await chmod(temporary, mode & 0o777);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function requireUnchanged(file: string, expected: string | null): Promise<void> {
  if ((await readConfig(file)) === expected) return;
  throw new GreeumError('invalid_argument', `${file} was changed meanwhile; nothing was written.`, {
    hint: 'Look at the change again and repeat.',
  });
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}
