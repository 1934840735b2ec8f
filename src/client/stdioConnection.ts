/** A connection to an owner that carries MCP as stdin and stdout do: a message a line, in both directions. */

import { connect, type Socket } from 'node:net';
import { STDIO_PATH, STDIO_UPGRADE } from '../protocol/jsonRpc.js';
import type { MemoryLocation } from './dataDirectory.js';
import { findCandidates } from './discovery.js';
import { isOwner } from './ownerProof.js';

const HEAD = `GET ${STDIO_PATH} HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: ${STDIO_UPGRADE}\r\n\r\n`;
const WELCOME = 'HTTP/1.1 101 ';
const END_OF_HEAD = '\r\n\r\n';
const MAX_HEAD_BYTES = 4096;

/** To the owner of this memory, when one listens and has proved to be it; null when there is none. */
export async function connectToOwner(location: MemoryLocation): Promise<Socket | null> {
  for (const candidate of findCandidates(location, {}, undefined)) {
    if (candidate.endpoint.kind !== 'socket' || !(await isOwner(candidate, location))) continue;
    const connection = await connectTo(candidate.endpoint.path);
    if (connection !== null) return connection;
  }
  return null;
}

/** By hand: what Node needs for HTTP takes longer to load than all of this takes. */
function connectTo(path: string): Promise<Socket | null> {
  const connection = connect(path);
  return new Promise((resolve) => {
    let head = Buffer.alloc(0);
    const settle = (found: Socket | null): void => {
      connection.off('data', read);
      connection.off('close', fail);
      if (found === null) connection.destroy();
      resolve(found);
    };
    const fail = (): void => settle(null);
    const read = (chunk: Buffer): void => {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf(END_OF_HEAD);
      if (end < 0 && head.length < MAX_HEAD_BYTES) return;
      if (end < 0 || head.indexOf(WELCOME) !== 0) return fail();
      connection.pause();
      settle(connection);
      connection.unshift(head.subarray(end + END_OF_HEAD.length));
    };
    // Stays for good: whoever has the connection hears of its end by `close`.
    connection.on('error', () => undefined);
    connection.on('close', fail);
    connection.on('data', read);
    connection.write(HEAD);
  });
}
