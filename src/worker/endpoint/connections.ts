/** The open connections of a server: how many there are, and how they end without cutting an answer short. */

import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

export class Connections {
  /** Each open connection with the answers under way on it. */
  readonly #open = new Map<Socket, Set<ServerResponse>>();
  readonly #names = new WeakMap<Socket, string>();
  #named = 0;
  #closing = false;
  #onEmpty: (() => void) | undefined;

  get count(): number {
    return this.#open.size;
  }

  /** The same for all requests of a connection, and for no other. */
  nameOf({ socket }: Pick<IncomingMessage, 'socket'>): string {
    let name = this.#names.get(socket);
    if (name === undefined) {
      this.#named += 1;
      name = `connection ${this.#named}`;
      this.#names.set(socket, name);
    }
    return name;
  }

  watch(server: Server): void {
    server.on('connection', (socket: Socket) => {
      this.#open.set(socket, new Set());
      socket.once('close', () => {
        this.#open.delete(socket);
        if (this.#open.size === 0) this.#onEmpty?.();
      });
      // It was accepted while the server was told to close.
      if (this.#closing) socket.destroy();
    });
  }

  /** Called for each request, before it is answered. @returns how many answers its connection waits for now */
  begin({ socket }: IncomingMessage, res: ServerResponse): number {
    const answers = this.#open.get(socket);
    if (answers === undefined) return 1;
    answers.add(res);
    if (this.#closing) res.shouldKeepAlive = false;
    res.once('close', () => {
      answers.delete(res);
      if (this.#closing && answers.size === 0) socket.end();
    });
    return answers.size;
  }

  /** Closes idle connections now, the others after their answer, and what is left after `graceMs`. */
  async close(graceMs: number): Promise<void> {
    this.#closing = true;
    for (const [socket, answers] of this.#open) {
      for (const res of answers) res.shouldKeepAlive = false;
      if (answers.size === 0) socket.destroySoon();
    }
    if (this.#open.size === 0) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
      timer = setTimeout(resolve, graceMs);
    });
    clearTimeout(timer);
    for (const socket of this.#open.keys()) socket.destroy();
  }
}
