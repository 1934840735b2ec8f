import type { JsonObject } from '../../protocol/json.js';
import { MAX_QUERY_CHARS, MAX_SEARCH_RESULTS, MIN_MAX_TOKENS } from '../../protocol/limits.js';
import { SEARCH_DETAILS } from '../../protocol/operations.js';
import {
  arrayOf,
  BLOCK_INDEX,
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

const HIT_DETAILS: JsonObject = {
  neighbour: described(BOOLEAN, 'It has none of the words; it stands beside a match.'),
  truncated: described(BOOLEAN, 'get_memory has the whole text.'),
  matches: described(arrayOf(arrayOf(INTEGER)), 'What matched in context: from and to.'),
  alike: described(arrayOf(BLOCK_INDEX), 'Memories that say nearly the same.'),
  explanation: record({
    words: NUMBER,
    meaning: NUMBER,
    context: NUMBER,
    time: NUMBER,
    recency: NUMBER,
    importance: NUMBER,
    slot_head: NUMBER,
    by_word: arrayOf(record({ word: STRING, score: NUMBER })),
  }),
};

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
        'A few distinctive words in any language; "exact phrase" and begin* are understood.',
      ),
      limit: { ...INTEGER, minimum: 1, maximum: MAX_SEARCH_RESULTS, default: 5 },
      slot: SLOT,
      project: described(PROJECT, 'Only memories of this project.'),
      tags: described(TAGS, 'Only memories that carry all of these.'),
      since: described(STRING, 'ISO 8601 date or time, or words like "last week"; inclusive.'),
      until: described(STRING, 'Likewise.'),
      detail: described(
        { type: 'string', enum: SEARCH_DETAILS, default: 'snippet' },
        'snippet: the passage that matches; full: the whole text; ids: no text.',
      ),
      cursor: described(STRING, 'next_cursor of the same search: what comes after.'),
      max_tokens: described(
        { ...INTEGER, minimum: MIN_MAX_TOKENS },
        'About how long the results may be; the rest comes with next_cursor.',
      ),
      diversity: described({ ...NUMBER, minimum: 0, maximum: 1 }, '0.3 mixes in what differs; default 0.'),
      duplicates: described({ ...BOOLEAN, default: false }, 'Near-duplicates as results of their own.'),
      explain: described({ ...BOOLEAN, default: false }, 'How each score comes about.'),
      neighbours: described(
        { ...BOOLEAN, default: true },
        'Also memories without the words that stand beside matching ones (marked); false: only what matches.',
      ),
    },
    ['query'],
  ),
  outputSchema: outputSchema(
    {
      results: arrayOf(record({ ...MEMORY_PROPERTIES, score: NUMBER }, HIT_DETAILS)),
      took_ms: NUMBER,
    },
    {
      next_cursor: STRING,
      meaning: described(STRING, 'With a model for vectors: whose meaning took part: all, some or none.'),
    },
  ),
  annotations: READS,
  ignoredArguments: ['threshold', 'fallback'],
  toText: ({ results, next_cursor }, { query, detail }) =>
    results.length === 0
      ? `No memories found for query: '${query}'`
      : [
          `Found ${results.length} memories:`,
          ...results.map((hit, index) => memoryLine(hit, index + 1, detail === 'full')),
          ...(next_cursor === undefined ? [] : [`More with cursor ${next_cursor}.`]),
        ].join('\n'),
};
