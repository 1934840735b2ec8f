import { MAX_QUERY_CHARS, MAX_SEARCH_RESULTS } from '../../protocol/limits.js';
import { SEARCH_DETAILS } from '../../protocol/operations.js';
import {
  arrayOf,
  BOOLEAN,
  described,
  INTEGER,
  inputSchema,
  MEMORY_PROPERTIES,
  NUMBER,
  outputSchema,
  PROJECT,
  record,
  SLOT,
  STRING,
  TAGS,
} from './schemas.js';
import { memoryLine } from './text.js';
import { READS, type Tool } from './tool.js';

export const searchMemory: Tool<'search_memory'> = {
  name: 'search_memory',
  title: 'Search Memories',
  description:
    'Find what was remembered, best match first. Use it before starting work and whenever the user refers to ' +
    'something earlier.',
  inputSchema: inputSchema(
    {
      query: described(
        { type: 'string', minLength: 1, maxLength: MAX_QUERY_CHARS },
        'A few distinctive words in any language; not a whole sentence.',
      ),
      limit: { ...INTEGER, minimum: 1, maximum: MAX_SEARCH_RESULTS, default: 5 },
      slot: SLOT,
      project: described(PROJECT, 'Only memories of this project.'),
      tags: described(TAGS, 'Only memories that carry all of these.'),
      since: described(STRING, 'ISO 8601 date or time, inclusive.'),
      until: described(STRING, 'ISO 8601 date or time, inclusive.'),
      detail: described(
        { type: 'string', enum: SEARCH_DETAILS, default: 'snippet' },
        'snippet: the passage that matches; full: the whole text; ids: no text.',
      ),
      neighbours: described(
        { ...BOOLEAN, default: true },
        'Also memories without the words that stand beside matching ones (marked); false: only what matches.',
      ),
    },
    ['query'],
  ),
  outputSchema: outputSchema({
    results: arrayOf(record({ ...MEMORY_PROPERTIES, score: NUMBER }, { neighbour: BOOLEAN })),
    took_ms: NUMBER,
  }),
  annotations: READS,
  ignoredArguments: ['threshold', 'fallback'],
  toText: ({ results }, { query, detail }) =>
    results.length === 0
      ? `No memories found for query: '${query}'`
      : [
          `Found ${results.length} memories:`,
          ...results.map((hit, index) => memoryLine(hit, index + 1, detail === 'full')),
        ].join('\n'),
};
