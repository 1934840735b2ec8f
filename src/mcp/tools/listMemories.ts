import { MAX_LIST_RESULTS } from '../../protocol/limits.js';
import {
  arrayOf,
  BLOCK_INDEX,
  described,
  INTEGER,
  inputSchema,
  MEMORY_PROPERTIES,
  outputSchema,
  PROJECT,
  record,
  SLOT,
  STRING,
} from './schemas.js';
import { memoryLine } from './text.js';
import { READS, type Tool } from './tool.js';

export const listMemories: Tool<'list_memories'> = {
  name: 'list_memories',
  title: 'List Memories',
  description: 'The latest memories, newest first, a page at a time.',
  inputSchema: inputSchema({
    limit: { ...INTEGER, minimum: 1, maximum: MAX_LIST_RESULTS, default: 20 },
    before: described(BLOCK_INDEX, 'Only memories older than this one: next_before of the page before.'),
    project: described(PROJECT, 'Only memories of this project.'),
    slot: SLOT,
    since: described(STRING, 'ISO 8601 date or time, inclusive.'),
    until: described(STRING, 'ISO 8601 date or time, inclusive.'),
  }),
  outputSchema: outputSchema({
    memories: arrayOf(record(MEMORY_PROPERTIES)),
    next_before: { type: ['integer', 'null'] },
  }),
  annotations: READS,
  toText: ({ memories, next_before: nextBefore }) => {
    if (memories.length === 0) return 'No memories here.';
    const more = nextBefore === null ? [] : [`More: list_memories with before=${nextBefore}.`];
    return [
      `${memories.length} memories, newest first:`,
      ...memories.map((memory, index) => memoryLine(memory, index + 1)),
      ...more,
    ].join('\n');
  },
};
