/** A server on stdin and stdout over a memory without files; started as a process of its own by the tests. */

import type { ResultOf } from '../../src/protocol/operations.js';
import { serveStdio } from '../../src/mcp/stdio.js';
import { memoryRecord, memoryThatImportsInSteps } from '../unit/mcp/fakeMemory.js';

const memory = memoryThatImportsInSteps({
  // Slow enough that the end of the input overtakes it.
  list_memories: async (): Promise<ResultOf<'list_memories'>> => {
    await new Promise((resolve) => setTimeout(resolve, 100));
    return { memories: [memoryRecord()], next_before: null };
  },
});

const streams = { input: process.stdin, output: process.stdout };
void serveStdio({ service: memory, version: '0.1.0', onChange: () => () => undefined, ...streams }).then(() => {
  process.stderr.write('ended\n');
});
