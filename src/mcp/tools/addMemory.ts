import { describeLeftOut } from '../../protocol/leftOut.js';
import { MAX_CONTENT_BYTES } from '../../protocol/limits.js';
import type { AddMemoryResult } from '../../protocol/operations.js';
import {
  BLOCK_INDEX,
  described,
  IDEMPOTENCY_KEY,
  inputSchema,
  NUMBER,
  outputSchema,
  PROJECT,
  SLOT,
  STRING,
  STRING_OR_NULL,
  TAGS,
} from './schemas.js';
import type { Tool } from './tool.js';

export const addMemory: Tool<'add_memory'> = {
  name: 'add_memory',
  title: 'Add Memory',
  description:
    'Remember one thing for later sessions: a decision and its reason, a preference, a fact, a lesson, an open task. ' +
    'Write it so that it is clear without this conversation. It is safely on disk when this answers.',
  inputSchema: inputSchema(
    {
      content: described(
        { type: 'string', minLength: 1, maxLength: MAX_CONTENT_BYTES },
        'The memory: one self-contained statement with names, places and dates spelled out.',
      ),
      importance: described(
        { ...NUMBER, minimum: 0, maximum: 1, default: 0.5 },
        '0.8 and more for what must not be missed.',
      ),
      tags: described(TAGS, 'A few lower-case words to find it by.'),
      slot: described(SLOT, 'The line of thought it continues; chosen by likeness when left out.'),
      project: described(PROJECT, 'Name of the project it belongs to, usually that of the repository.'),
      metadata: described({ type: 'object' }, 'Anything else worth keeping, as JSON.'),
      occurred_at: described(STRING, 'ISO 8601 date or time of what it tells about, when that is not now.'),
      allow_duplicate: described({ type: 'boolean', default: false }, 'Add it even if a memory says the same already.'),
      supersedes: described(BLOCK_INDEX, 'Number of an older memory that this one replaces.'),
      idempotency_key: IDEMPOTENCY_KEY,
    },
    ['content'],
  ),
  outputSchema: outputSchema({
    block_index: BLOCK_INDEX,
    hash: STRING,
    status: { type: 'string', enum: ['added', 'duplicate'] },
    slot: { type: ['string', 'null'] },
    branch: STRING_OR_NULL,
    timestamp: STRING,
    before: STRING_OR_NULL,
  }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
  toText: (result) => (result.status === 'duplicate' ? duplicateText(result) : addedText(result)),
};

function addedText({ block_index, slot, left_out }: AddMemoryResult): string {
  return (
    `**SUCCESS: Memory Successfully Added!**\n\n` +
    `**Block Index**: #${block_index}\n` +
    `**STM Slot**: ${slot ?? 'none'}` +
    leftOutText(left_out)
  );
}

function leftOutText(leftOut: AddMemoryResult['left_out']): string {
  return leftOut === undefined ? '' : `\n**Left out, and not stored**: ${describeLeftOut(leftOut)}`;
}

/** In the words of Python Greeum. */
function duplicateText({ block_index, similarity = 1, left_out }: AddMemoryResult): string {
  return (
    '**WARNING: Potential Duplicate Memory Detected**\n\n' +
    `**Similarity**: ${(similarity * 100).toFixed(1)}% with existing memory\n` +
    `**Similar Memory**: Block #${block_index}\n\n` +
    'Nothing was added. Set supersedes to that number if this one replaces it, or allow_duplicate to keep both.' +
    leftOutText(left_out)
  );
}
