/**
 * The secret that TCP callers show: 256 random bits, base64url, in `worker.token` beside `worker_state.json`. It is
 * kept, so that an agent configured once stays configured. A file that others could read or write is no secret any
 * more: it is replaced, and the owner says so.
 */

import { randomBytes } from 'node:crypto';
import { readFile, rename, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TOKEN_FILE, TOKEN_PATTERN } from '../../protocol/discovery.js';
import { openness } from './permissions.js';

export interface LoadedToken {
  token: string;
  /** Why an existing token was not kept: a sentence for the log. Null when it was kept or is the first one. */
  replacedBecause: string | null;
}

/** Reads the token, or makes one. Only the owner calls this: the ownership lock keeps two from making one each. */
export async function loadToken(dataDir: string): Promise<LoadedToken> {
  const file = path.join(dataDir, TOKEN_FILE);
  const { token, problem } = await readToken(file);
  if (token !== null) return { token, replacedBecause: null };
  return { token: await writeToken(file), replacedBecause: problem };
}

/** A new one in place of whatever was there. Only the owner calls this. */
export function exchangeToken(dataDir: string): Promise<string> {
  return writeToken(path.join(dataDir, TOKEN_FILE));
}

async function readToken(file: string): Promise<{ token: string | null; problem: string | null }> {
  try {
    const why = await openness(file);
    if (why !== null) return { token: null, problem: `${TOKEN_FILE} ${why}` };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { token: null, problem: null };
    throw error;
  }
  const text = (await readFile(file, 'utf8')).trim();
  return TOKEN_PATTERN.test(text)
    ? { token: text, problem: null }
    : { token: null, problem: `${TOKEN_FILE} did not hold a token.` };
}

/** A new file renamed over the old one: the mode is 0600 from the start, and a symbolic link is not followed. */
async function writeToken(file: string): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  const temporary = `${file}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`;
  await writeFile(temporary, `${token}\n`, { mode: 0o600, flag: 'wx' });
  try {
    await rename(temporary, file);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  return token;
}
