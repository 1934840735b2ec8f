import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Endpoint } from '../../../src/client/endpoint.js';

/** An HTTP server on a Unix socket (or pipe) and one on loopback, which a test answers for. */
export class TestServer {
  readonly sockets = new Set<Socket>();
  readonly #servers: Server[];
  readonly #folder: string;

  private constructor(servers: Server[], folder: string) {
    this.#servers = servers;
    this.#folder = folder;
    for (const server of servers) {
      server.on('connection', (socket: Socket) => {
        this.sockets.add(socket);
        socket.on('close', () => this.sockets.delete(socket));
      });
    }
  }

  static async start(listener: RequestListener): Promise<TestServer> {
    const folder = mkdtempSync(path.join(tmpdir(), 'greeum-http-'));
    const server = new TestServer([createServer(listener), createServer(listener)], folder);
    const [onSocket, onTcp] = server.#servers;
    await new Promise<void>((resolve) => onSocket?.listen(server.#path, resolve));
    await new Promise<void>((resolve) => onTcp?.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get #path(): string {
    return process.platform === 'win32'
      ? `\\\\.\\pipe\\${path.basename(this.#folder)}`
      : path.join(this.#folder, 'worker.sock');
  }

  get socket(): Endpoint {
    return { kind: 'socket', path: this.#path };
  }

  get tcp(): Endpoint {
    const { port } = this.#servers[1]?.address() as AddressInfo;
    return { kind: 'tcp', host: '127.0.0.1', port, prefix: '/t0ken' };
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await Promise.all(this.#servers.map((server) => new Promise((resolve) => server.close(resolve))));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
