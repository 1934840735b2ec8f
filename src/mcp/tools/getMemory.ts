import {
  arrayOf,
  ASSOCIATION,
  BLOCK_INDEX,
  COUNT,
  described,
  inputSchema,
  MEMORY_PROPERTIES,
  outputSchema,
  record,
  STRING,
  STRING_OR_NULL,
} from './schemas.js';
import { authorOf, oneLine } from './text.js';
import { READS, type Tool } from './tool.js';

export const getMemory: Tool<'get_memory'> = {
  name: 'get_memory',
  title: 'Get Memory',
  description: 'Read one memory in full, with its links. Give block_index or hash, not both.',
  inputSchema: inputSchema({
    block_index: described(BLOCK_INDEX, 'The number after # in search results.'),
    hash: described({ type: 'string', pattern: '^[0-9a-fA-F]{64}$' }, 'All 64 hex digits.'),
  }),
  outputSchema: outputSchema({
    memory: record(
      {
        ...MEMORY_PROPERTIES,
        prev_hash: STRING,
        before: STRING_OR_NULL,
        after: arrayOf(STRING),
        keywords: arrayOf(STRING),
        metadata: { type: 'object' },
        associations: arrayOf(ASSOCIATION),
      },
      {
        context_chars: described(COUNT, 'Length of the whole text, where it had to be cut.'),
        left_off: described({ type: 'object' }, 'How many of a list are not shown.'),
      },
    ),
  }),
  annotations: READS,
  toText: ({ memory }) => {
    const author = authorOf(memory);
    const facts = [
      `importance ${memory.importance.toFixed(2)}`,
      memory.slot === null ? '' : `slot ${memory.slot}`,
      memory.project === null ? '' : `project ${oneLine(memory.project)}`,
      author === null ? '' : `by ${author}`,
      memory.tags.length === 0 ? '' : `tags ${memory.tags.join(', ')}`,
      memory.associations.length === 0 ? '' : `${memory.associations.length} links`,
    ].filter((fact) => fact !== '');
    return `Memory #${memory.block_index} [${memory.timestamp}] (${facts.join('; ')}):\n${memory.context}`;
  },
};
