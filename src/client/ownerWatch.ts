/**
 * Holds a connection to the owner for as long as the owner lives: it tells its status line by line, and the end of
 * the connection is the news that it has gone. The kernel closes the connection of a process that dies in any way, so
 * there is no heartbeat, and a suspended owner is still the owner.
 */

import { request as httpRequest, type IncomingMessage } from 'node:http';
import { WATCH_PATH } from '../protocol/jsonRpc.js';
import type { WorkerStatus } from '../protocol/operations.js';
import type { Disposable } from './emitter.js';
import type { Endpoint } from './endpoint.js';
import { address } from './httpTransport.js';

/** A status line is a few hundred bytes; whoever sends more without an end is not an owner. */
const MAX_LINE_CHARS = 1024 * 1024;

export interface WatchHandlers {
  /** Somebody accepted the connection; a suspended owner says no more than that. */
  onConnected(): void;
  onStatus(status: WorkerStatus): void;
  /** Once, and the last call of all; `wasConnected` false: nobody was there. */
  onGone(wasConnected: boolean): void;
}

/** Connects to `GET /watch`. After `dispose` no handler is called any more. */
export type WatchOwner = (endpoint: Endpoint, handlers: WatchHandlers) => Disposable;

export const watchOwner: WatchOwner = (endpoint, handlers) => {
  const request = httpRequest({ ...address(endpoint, WATCH_PATH), method: 'GET', agent: false });
  let isConnected = false;
  let isOver = false;

  function end(): void {
    if (isOver) return;
    isOver = true;
    request.destroy();
    handlers.onGone(isConnected);
  }

  request.on('socket', (socket) => {
    socket.once('connect', () => {
      if (isOver) return;
      isConnected = true;
      handlers.onConnected();
    });
  });
  request.on('response', (response) => {
    if (response.statusCode !== 200) end();
    else readLines(response, (status) => !isOver && handlers.onStatus(status), end);
  });
  request.on('error', end);
  request.on('close', end);
  request.end();

  return {
    dispose() {
      isOver = true;
      request.destroy();
    },
  };
};

function readLines(response: IncomingMessage, onStatus: (status: WorkerStatus) => void, end: () => void): void {
  let pending = '';
  response.setEncoding('utf8');
  response.on('data', (text: string) => {
    const lines = (pending + text).split('\n');
    pending = lines.pop() ?? '';
    if (pending.length > MAX_LINE_CHARS) end();
    for (const line of lines) {
      const status = parseStatus(line);
      if (status !== null) onStatus(status);
    }
  });
  response.on('close', end);
}

function parseStatus(line: string): WorkerStatus | null {
  try {
    const value = JSON.parse(line) as WorkerStatus | null;
    return value?.running === true ? value : null;
  } catch {
    // An empty line, or one that was cut off by the end of the owner: there is nothing to show in it.
    return null;
  }
}
