/** Entry of `dist/vectors.js`: {@link Vectors} behind a message port, so that no write ever waits for them. */

import { parentPort, workerData } from 'node:worker_threads';

import type { EmbeddingOptions } from '../protocol/embedding.js';
import { GreeumError } from '../protocol/errors.js';
import { ServerFailure } from './serverProvider.js';
import type { FromVectors, ToVectors, VectorRequest, VectorResult } from './vectorMessages.js';
import { Vectors } from './vectors.js';

if (parentPort === null) throw new Error('vectors.js runs as a worker thread.');
const port = parentPort;
const vectors = new Vectors(workerData as EmbeddingOptions);

function run(request: VectorRequest): Promise<VectorResult> {
  switch (request.type) {
    case 'open':
      return vectors.open();
    case 'embed':
      return vectors.embed(request.texts);
    case 'compare':
      return vectors.compare(request.question);
  }
}

/** Arrays of numbers are handed over, not copied. */
function answer(message: FromVectors): void {
  const parts = 'result' in message ? Object.values(message.result ?? {}) : [];
  port.postMessage(
    message,
    parts.flatMap((part: unknown) => (ArrayBuffer.isView(part) ? [part.buffer as ArrayBuffer] : [])),
  );
}

port.on('message', (message: ToVectors) => {
  if (message.type === 'put') return vectors.put(message.blocks, message.vectors);
  const { id, ...request } = message;
  run(request).then(
    (result) => answer({ id, result }),
    (error: unknown) => {
      const retryAfterMs = error instanceof ServerFailure ? error.retryAfterMs : null;
      answer({ id, failure: { error: GreeumError.from(error).toJSON(), retryAfterMs } });
    },
  );
});
