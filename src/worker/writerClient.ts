/** The owner thread's end of the writer: calls become messages, within bounds. */

import type { Worker } from 'node:worker_threads';

import { GreeumError } from '../protocol/errors.js';
import { MAX_CALLER_BYTES, MAX_CALLER_COMMANDS, MAX_QUEUE_BYTES, MAX_QUEUE_COMMANDS } from '../protocol/limits.js';
import { isWriteOperation, type Operations } from '../protocol/operations.js';
import { Portions } from './portions.js';
import type { LogLevel, Origin, WriterOperation, WriterSnapshot } from './writer.js';
import type { Answer, FromWriter, ToWriter } from './writerMessages.js';

interface Pending {
  readonly isWrite: boolean;
  readonly bytes: number;
  readonly caller: string;
  resolve(result: unknown): void;
  reject(error: GreeumError): void;
}

export interface WriterClientEvents {
  onSnapshot(): void;
  log(level: LogLevel, text: string): void;
  /** The writer thread is gone without having been asked to; everything pending has failed. */
  onLost(error: GreeumError): void;
}

/** A structured clone of a string costs two bytes a character at most. */
const BYTES_PER_CHAR = 2;
/** Answers that are handed on before the thread looks at anything else; a commit has many at once. */
const ANSWERS_PER_TURN = 8;

export class WriterClient {
  readonly #thread: Worker;
  readonly #events: WriterClientEvents;
  readonly #answers = new Portions(ANSWERS_PER_TURN);
  readonly #pending = new Map<number, Pending>();
  /** What each caller has under way; callers that have nothing are not listed. */
  readonly #loads = new Map<string, { readonly commands: number; readonly bytes: number }>();
  #snapshot: WriterSnapshot;
  #nextId = 1;
  #pendingBytes = 0;
  #pendingWrites = 0;
  #onClosed: (() => void) | null = null;
  /** Set when the thread is gone: nobody answers any more. */
  #end: GreeumError | null = null;

  /** @param thread that has opened the directory */
  constructor(thread: Worker, snapshot: WriterSnapshot, events: WriterClientEvents) {
    this.#thread = thread;
    this.#snapshot = snapshot;
    this.#events = events;
    thread.on('message', (message: FromWriter) => this.#receive(message));
    thread.on('error', (error) => this.#lost(GreeumError.from(error)));
    thread.on('exit', () => this.#lost(lostWriter()));
  }

  /** The latest the writer told; its queue counts what waits for the writer as well. */
  get snapshot(): WriterSnapshot {
    const { queue } = this.#snapshot;
    return { ...this.#snapshot, queue: { ...queue, depth: Math.max(queue.depth, this.#pendingWrites) } };
  }

  /**
   * @param signal tells the writer that nobody waits any more; what it can end it ends, and answers
   * @throws GreeumError `overloaded` at once when too much waits; otherwise what the writer answers
   */
  call<K extends WriterOperation>(
    operation: K,
    input: unknown,
    origin: Origin,
    signal?: AbortSignal,
  ): Promise<Operations[K]['result']>;
  call(operation: WriterOperation, input: unknown, origin: Origin, signal?: AbortSignal): Promise<unknown> {
    if (this.#end !== null) return Promise.reject(gone());
    const isWrite = isWriteOperation(operation);
    const bytes = sizeOf(input);
    const { caller } = origin;
    const own = this.#loads.get(caller) ?? { commands: 0, bytes: 0 };
    const isFull = this.#pending.size >= MAX_QUEUE_COMMANDS || this.#pendingBytes + bytes > MAX_QUEUE_BYTES;
    const hasTooMuch = own.commands >= MAX_CALLER_COMMANDS || own.bytes + bytes > MAX_CALLER_BYTES;
    if (isFull || hasTooMuch) return Promise.reject(overloaded(this.#pending.size));
    return new Promise((resolve, reject) => {
      const id = this.#nextId;
      this.#nextId += 1;
      this.#pending.set(id, { isWrite, bytes, caller, resolve, reject });
      this.#pendingBytes += bytes;
      this.#loads.set(caller, { commands: own.commands + 1, bytes: own.bytes + bytes });
      if (isWrite) this.#pendingWrites += 1;
      this.#post({ type: 'call', id, operation, input, origin });
      signal?.addEventListener('abort', () => this.#pending.has(id) && this.#post({ type: 'cancel', id }), {
        once: true,
      });
    });
  }

  /** Orderly stop; resolves when the lock is released. */
  close(checkpointMs: number): Promise<void> {
    if (this.#end !== null) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onClosed = resolve;
      this.#post({ type: 'close', checkpointMs });
    });
  }

  #post(message: ToWriter): void {
    this.#thread.postMessage(message);
  }

  #receive(message: FromWriter): void {
    switch (message.type) {
      case 'answers':
        for (const answer of message.answers) this.#answers.add(() => this.#settle(answer));
        return;
      case 'snapshot':
        this.#snapshot = message.snapshot;
        return this.#events.onSnapshot();
      case 'log':
        return this.#events.log(message.level, message.text);
      case 'fatal':
        return this.#lost(GreeumError.fromJSON(message.error));
      case 'closed':
        this.#answers.flush();
        return this.#onClosed?.();
      case 'locked':
      case 'opened':
      case 'refused':
        return;
    }
  }

  #settle(answer: Answer): void {
    const pending = this.#take(answer.id);
    if ('error' in answer) pending?.reject(GreeumError.fromJSON(answer.error));
    else pending?.resolve(answer.result);
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    if (pending === undefined) return undefined;
    this.#pending.delete(id);
    this.#pendingBytes -= pending.bytes;
    const own = this.#loads.get(pending.caller);
    if (own === undefined || own.commands <= 1) this.#loads.delete(pending.caller);
    else this.#loads.set(pending.caller, { commands: own.commands - 1, bytes: own.bytes - pending.bytes });
    if (pending.isWrite) this.#pendingWrites -= 1;
    return pending;
  }

  /** The first word counts: an error is followed by the thread's exit. */
  #lost(error: GreeumError): void {
    if (this.#end !== null) return;
    this.#end = error;
    // What was answered by then is no loss.
    this.#answers.flush();
    // Whatever was the end of the thread: which of these it had written by then, nobody can say.
    for (const id of [...this.#pending.keys()]) this.#take(id)?.reject(lostWriter());
    if (this.#onClosed === null) this.#events.onLost(error);
    else this.#onClosed();
  }
}

function sizeOf(input: unknown): number {
  if (typeof input !== 'object' || input === null) return 0;
  const { content } = input as { content?: unknown };
  return typeof content === 'string' ? content.length * BYTES_PER_CHAR : 0;
}

function overloaded(waiting: number): GreeumError {
  return new GreeumError('overloaded', `The write queue is full (${waiting} commands wait).`, {
    retry: 'same-key',
    hint: 'Wait a second, then try again with the same idempotency key.',
  });
}

function gone(): GreeumError {
  return new GreeumError('worker_stopping', 'The writer thread has ended; the worker restarts.', {
    retry: 'after-reconnect',
    hint: 'Nothing of this was written. Try again: another worker, or the local path, takes over.',
  });
}

export function lostWriter(): GreeumError {
  return new GreeumError('connection_lost', 'The writer thread ended before it answered.', {
    outcome: 'unknown',
    retry: 'same-key',
    hint: 'Try again with the same idempotency key: a write that was done is not done twice.',
  });
}
