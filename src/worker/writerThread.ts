/**
 * Entry of `dist/writer.js`: the writer behind a message port. The thread holds the ownership lock, so whatever ends
 * the thread ends the ownership.
 */

import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';

import type { EmbeddingOptions } from '../protocol/embedding.js';
import { GreeumError } from '../protocol/errors.js';
import { isLongOperation } from '../protocol/operations.js';
import { nodeFiles } from '../storage/files.js';
import { Heir } from './heir.js';
import { loadTeamModule } from './teamModule.js';
import { ThreadedBackground } from './threadedBackground.js';
import { VectorClient } from './vectorClient.js';
import { Writer } from './writer.js';
import type { Answer, FromWriter, ToWriter, WriterThreadOptions } from './writerMessages.js';

/** Snapshots are for people's eyes: five a second are plenty. */
const SNAPSHOT_INTERVAL_MS = 200;

if (parentPort === null) throw new Error('writer.js runs as a worker thread.');
const port = parentPort;
const { dataDir, secrets, embedding, storage } = workerData as WriterThreadOptions;

function post(message: FromWriter): void {
  port.postMessage(message);
}

/** Answers that became ready in the same turn leave in one message. */
const outbox: Answer[] = [];
function answer(ready: Answer): void {
  if (outbox.push(ready) > 1) return;
  setImmediate(() => post({ type: 'answers', answers: outbox.splice(0) }));
}

let snapshotTimer: NodeJS.Timeout | null = null;
function scheduleSnapshot(take: () => FromWriter): void {
  snapshotTimer ??= setTimeout(() => {
    snapshotTimer = null;
    post(take());
  }, SNAPSHOT_INTERVAL_MS).unref();
}

async function open(): Promise<Writer> {
  const follower = await heir.itsTurn();
  let writer: Writer | null = null;
  const snapshot = (): FromWriter => ({ type: 'snapshot', snapshot: (writer as Writer).snapshot });
  writer = await Writer.open({
    dataDir,
    role: 'worker',
    secrets,
    follower: follower ?? undefined,
    vectors:
      embedding === null ? null : { source: new VectorClient(embedding, __dirname), model: configuredName(embedding) },
    openTeamLog: storage === null ? undefined : () => loadTeamModule(__dirname).openTeamLog(storage),
    whenUnreachable: storage?.whenUnreachable,
    onLocked: (database) => post({ type: 'locked', database }),
    createBackground: () => new ThreadedBackground(dataDir, __dirname),
    log: (level, text) => post({ type: 'log', level, text }),
    onChange: () => writer !== null && scheduleSnapshot(snapshot),
    onFatal: (error) => {
      post({ type: 'fatal', error: error.toJSON() });
      port.close();
    },
  });
  heir.leave();
  return writer;
}

const heir = new Heir(nodeFiles, dataDir);

/** Until the model has told its own name. */
function configuredName(embedding: EmbeddingOptions): string {
  return embedding.kind === 'server' ? embedding.model : basename(embedding.folder);
}

/** Without the lock the thread stands by; with any other refusal it ends. */
async function main(): Promise<void> {
  try {
    const writer = await open();
    port.on('message', (message: ToWriter) => serve(writer, message));
    post({ type: 'opened', snapshot: writer.snapshot });
  } catch (error) {
    const refusal = GreeumError.from(error);
    post({ type: 'refused', error: refusal.toJSON() });
    if (refusal.code !== 'lock_busy') return port.close();
    port.once('message', () => void main());
    heir.standBy();
  }
}

/** Of the calls that take long, by their ids. */
const ends = new Map<number, AbortController>();

function serve(writer: Writer, message: ToWriter): void {
  switch (message.type) {
    case 'call':
      void carryOut(writer, message);
      return;
    case 'cancel':
      return ends.get(message.id)?.abort();
    case 'close':
      return void close(writer, message.checkpointMs);
    case 'open':
      // It is.
      return;
  }
}

async function carryOut(writer: Writer, call: Extract<ToWriter, { type: 'call' }>): Promise<void> {
  const { id, operation, input, origin } = call;
  // Others are over at once; a controller for each of them would be for nothing.
  const end = isLongOperation(operation) ? new AbortController() : null;
  if (end !== null) ends.set(id, end);
  try {
    answer({ id, result: await writer.call(operation, input, origin, end?.signal) });
  } catch (error) {
    answer({ id, error: GreeumError.from(error).toJSON() });
  } finally {
    ends.delete(id);
  }
}

async function close(writer: Writer, checkpointMs: number): Promise<void> {
  await writer.close(checkpointMs);
  // There is no store any more that could be asked.
  if (snapshotTimer !== null) clearTimeout(snapshotTimer);
  // Behind the answers of the last batch, which leave in the turn before.
  setImmediate(() => {
    post({ type: 'closed' });
    port.close();
  });
}

port.once('message', () => void main());
