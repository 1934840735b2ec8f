/** A real worker process, attacked over raw sockets. */

import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import path from 'node:path';
import type { Discovery } from '../../src/protocol/discovery.js';
import { resourcesOf, type Resources } from '../support/processResources.js';
import { TOKEN_PLACE, type Case } from './cases.js';

/** A worker that does not answer by then, and does not close the connection either, hangs. */
const DEADLINE_MS = 45_000;

export class Target {
  readonly #discovery: Discovery;
  readonly #token: string;

  constructor(dataDir: string) {
    this.#discovery = JSON.parse(readFileSync(path.join(dataDir, 'worker_state.json'), 'utf8')) as Discovery;
    this.#token = readFileSync(path.join(dataDir, 'worker.token'), 'utf8').trim();
  }

  /** Sends one case, ends its own side, and resolves with all that came back. @throws when it hangs */
  attack({ kind, door, bytes }: Case): Promise<string> {
    const token = door === 'port with token' ? `X-API-Key: ${this.#token}\r\n` : '';
    const sent = door === 'lines' ? linesOf(bytes) : replaced(bytes, token);
    const socket = this.#open(door);
    return new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      const timer = setTimeout(() => {
        socket.destroy();
        reject(new Error(`No end of a case of "${kind}": ${sent.subarray(0, 2_000).toString('base64')}`));
      }, DEADLINE_MS);
      socket.on('data', (chunk: Buffer) => chunks.push(chunk));
      // A worker may close on what it refuses while it is still being sent.
      socket.on('error', () => undefined);
      socket.on('close', () => {
        clearTimeout(timer);
        resolve(Buffer.concat(chunks).toString('utf8'));
      });
      socket.end(sent);
    });
  }

  #open(door: Case['door']): Socket {
    if (door === 'socket' || door === 'lines') return connect(this.#discovery.socket);
    return connect(Number(new URL(this.#discovery.endpoint ?? '').port), '127.0.0.1');
  }

  resources(): Resources | null {
    return resourcesOf(this.#discovery.pid);
  }
}

function replaced(bytes: Buffer, token: string): Buffer {
  // Byte for byte: what is sent need not be text.
  return Buffer.from(bytes.toString('latin1').replaceAll(TOKEN_PLACE, token), 'latin1');
}

function linesOf(bytes: Buffer): Buffer {
  const head = 'GET /stdio HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: greeum-stdio\r\n\r\n';
  return Buffer.concat([Buffer.from(head), bytes]);
}
