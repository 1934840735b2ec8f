/**
 * Who listens at an address is not yet the owner of the directory. Whoever can put a `worker_state.json` there, or
 * takes the port of an owner that died, could collect memories and the token. So before anything is said:
 *
 * - A Unix socket counts when it, and the folder that it lies in, belong to us or to the owner of the data directory,
 *   and nobody else may enter that folder: then nobody else can have put it there.
 * - On a port, and on a Windows pipe, the other side must prove that it knows the token, which is in a file that only
 *   we can read: it signs a number that we choose, together with its port (`ownerStatement`).
 *
 * A configured endpoint is the user's own choice and is taken at its word.
 */

import { lstatSync, readFileSync, statSync, type Stats } from 'node:fs';
import path from 'node:path';
import { TOKEN_FILE, TOKEN_PATTERN } from '../protocol/discovery.js';
import { MCP_PATH, OWNER_PATH, ownerStatement } from '../protocol/jsonRpc.js';
import type { MemoryLocation } from './dataDirectory.js';
import type { Candidate } from './discovery.js';
import type { Endpoint } from './endpoint.js';

/** An owner answers this at once; it does not wait for the writer. */
const PROOF_TIMEOUT_MS = 2_000;
const MAX_PROOF_BYTES = 1_000;
/** Rights of the group and of everybody. */
const OTHERS = 0o077;

export function isOwner({ endpoint, origin }: Candidate, location: MemoryLocation): boolean | Promise<boolean> {
  if (origin !== 'socket' && origin !== 'discovery-file') return true;
  if (endpoint.kind === 'socket' && process.platform !== 'win32') return isSocketOfOurs(endpoint.path, location);
  return knowsToken(endpoint, location);
}

/** True also where nothing is there: that is found out by connecting. */
export function isSocketOfOurs(socket: string, { dataDir }: Pick<MemoryLocation, 'dataDir'>): boolean {
  try {
    const trusted = [process.getuid?.(), statSync(dataDir).uid];
    const folder = lstatSync(path.dirname(socket));
    const found = lstatSync(socket);
    const isOurs = ({ uid }: Stats): boolean => trusted.includes(uid);
    return folder.isDirectory() && (folder.mode & OTHERS) === 0 && isOurs(folder) && found.isSocket() && isOurs(found);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}

/** The token as its file holds it; null for a file that others could have written or read. */
export function readToken(dataDir: string): string | null {
  const file = path.join(dataDir, TOKEN_FILE);
  try {
    const found = lstatSync(file);
    const isClosed = process.platform === 'win32' || (found.mode & OTHERS) === 0;
    const trusted = [process.getuid?.(), statSync(dataDir).uid];
    if (!found.isFile() || !isClosed || (process.platform !== 'win32' && !trusted.includes(found.uid))) return null;
    const text = readFileSync(file, 'utf8').trim();
    return TOKEN_PATTERN.test(text) ? text : null;
  } catch {
    // Missing, or not ours to read: then nobody can prove anything to us.
    return null;
  }
}

/**
 * The URL with which an agent gets in, made of what the proven owner said and of the token on disk; null where HTTP is
 * off or the token cannot be read.
 * @param url the owner's own, without a token: `http://127.0.0.1:PORT/mcp`
 */
export function capabilityUrlOf(url: string | null, dataDir: string): string | null {
  const token = url === null || !URL.canParse(url) ? null : readToken(dataDir);
  return url === null || token === null ? null : new URL(`/${token}${MCP_PATH}`, url).href;
}

async function knowsToken(endpoint: Endpoint, { dataDir }: MemoryLocation): Promise<boolean> {
  const token = readToken(dataDir);
  if (token === null) return false;
  // A URL with another token in it is not this directory's, or no longer.
  if (endpoint.kind === 'tcp' && endpoint.prefix !== `/${token}`) return false;
  const { createHmac, randomBytes, timingSafeEqual } = await import('node:crypto');
  const nonce = randomBytes(24).toString('base64url');
  const statement = ownerStatement(nonce, endpoint.kind === 'tcp' ? endpoint.port : null);
  const expected = Buffer.from(createHmac('sha256', token).update(statement).digest('base64url'));
  const shown = Buffer.from((await askForProof(endpoint, nonce)) ?? '');
  return shown.length === expected.length && timingSafeEqual(shown, expected);
}

/** Null for whatever is no proof. The path holds no token: who is asked is not known yet. */
async function askForProof(endpoint: Endpoint, nonce: string): Promise<string | null> {
  const { request } = await import('node:http');
  const { address } = await import('./httpTransport.js');
  const to = endpoint.kind === 'tcp' ? { ...endpoint, prefix: '' } : endpoint;
  return new Promise((resolve) => {
    const asking = request({ ...address(to, `${OWNER_PATH}?nonce=${nonce}`), agent: false, timeout: PROOF_TIMEOUT_MS });
    const nothing = (): void => {
      asking.destroy();
      resolve(null);
    };
    const timer = setTimeout(nothing, PROOF_TIMEOUT_MS);
    asking.on('error', nothing);
    asking.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        if (text.length > MAX_PROOF_BYTES) nothing();
      });
      response.on('error', nothing);
      response.on('close', () => {
        clearTimeout(timer);
        resolve(proofIn(text));
      });
    });
    asking.end();
  });
}

function proofIn(text: string): string | null {
  try {
    const { proof } = JSON.parse(text) as { proof?: unknown };
    return typeof proof === 'string' ? proof : null;
  } catch {
    // Something else listens there.
    return null;
  }
}
