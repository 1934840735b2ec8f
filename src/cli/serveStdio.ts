import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { noWorker, START_AGAIN } from '../client/callErrors.js';
import { locateMemory } from '../client/dataDirectory.js';
import { loadBundle } from '../client/distFiles.js';
import { connectToOwner } from '../client/stdioConnection.js';
import type { WorkerHost } from '../client/workerHost.js';
import type { BridgeModule } from '../mcp/bridge.js';
import { GreeumError } from '../protocol/errors.js';
import { nameProcess, untilSignal } from './processLife.js';
import type { ServeOptions } from './serveOptions.js';
import type { Shell } from './shell.js';

/**
 * Speaks MCP on stdin and stdout until stdin ends: a bridge to the worker, which is another process or, when there is
 * none, this one. Nothing but the protocol goes to stdout.
 */
export async function serveStdio(shell: Shell, options: ServeOptions): Promise<void> {
  nameProcess('greeum-stdio');
  const { bridgeStdio } = loadBundle('mcp-stdio.js') as BridgeModule;
  const owner = new OwnerAtHand(shell, options);
  const ending = new AbortController();
  void untilSignal().then(() => ending.abort());
  try {
    await bridgeStdio({
      input: process.stdin,
      output: process.stdout,
      connect: () => owner.connect(),
      signal: ending.signal,
    });
  } finally {
    await owner.close();
    // After a signal it is still open, and would keep the process.
    process.stdin.destroy();
  }
}

const LOOK_AGAIN_MS = 5;

/** Finds the owner, and becomes it where there is none: only then is loaded what that takes. */
class OwnerAtHand {
  readonly #shell: Shell;
  readonly #options: ServeOptions;
  #host: Promise<WorkerHost> | null = null;
  #isClosed = false;

  constructor(shell: Shell, options: ServeOptions) {
    this.#shell = shell;
    this.#options = options;
  }

  /** @throws GreeumError why there is no owner, and can be none here */
  async connect(): Promise<Socket> {
    while (!this.#isClosed) {
      const found = await connectToOwner(locateMemory(this.#options.dataDir, this.#shell.system.env));
      if (found !== null) return found;
      // What was looked for meanwhile may be wanted no more, and an owner that starts now would be stopped by nobody.
      if (this.#isClosed) break;
      await this.#becomeOwner();
      // It may take a moment to listen, or to notice that another one has gone.
      await setTimeout(LOOK_AGAIN_MS);
    }
    throw new GreeumError('worker_stopping', 'This server is ending.', { retry: 'after-reconnect' });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await (await this.#host)?.close();
  }

  /** Resolves when this process, or another one, should be reachable by now. */
  async #becomeOwner(): Promise<void> {
    const isFirst = this.#host === null;
    this.#host ??= this.#openHost();
    const host = await this.#host;
    // Stopped later: by somebody who meant it.
    const isWanted = isFirst || host.state.phase !== 'stopped';
    const { phase, error } = isWanted ? await host.start() : host.state;
    if (phase === 'failed' && error !== null) throw GreeumError.fromJSON(error);
    if (phase !== 'stopped') return;
    throw noWorker(host, `It was stopped. ${START_AGAIN}`);
  }

  async #openHost(): Promise<WorkerHost> {
    const { openHost } = await import('./serving.js');
    const host = openHost(this.#shell, this.#options, 'mcp');
    const say = (text: string): void => this.#shell.output.note(`greeum: ${text}`);
    host.onLog(({ level, text }) => (level === 'warn' || level === 'error') && say(text));
    host.onState(({ phase, error }) => phase === 'failed' && error !== null && say(error.message));
    return host;
  }
}
