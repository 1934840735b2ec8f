import { once } from 'node:events';
import { connect } from 'node:net';

import type { StorageTarget } from './storageUrl.js';

/** Length and code of an SSLRequest; the server answers with one byte, `S` or `N` (PostgreSQL's protocol, 55.2.10). */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const NO = 'N'.charCodeAt(0);
const WAIT_MS = 2_000;

/**
 * Whether a server of these says that it has no TLS. The driver goes on all the same and reports a lost connection,
 * which reads like a server that will be back.
 */
export async function hasNoTls(hosts: StorageTarget['hosts']): Promise<boolean> {
  const answers = await Promise.all(hosts.map(({ host, port }) => answerOf(host, port)));
  return answers.includes(NO);
}

/** Null: there was none. */
async function answerOf(host: string, port: number): Promise<number | null> {
  const socket = connect({ host, port });
  try {
    socket.write(SSL_REQUEST);
    const [answer] = (await once(socket, 'data', { signal: AbortSignal.timeout(WAIT_MS) })) as [Buffer];
    return answer[0] ?? null;
  } catch {
    // What this is asked beside says why.
    return null;
  } finally {
    socket.destroy();
  }
}
