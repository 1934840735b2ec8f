import { describeLeftOut } from '../../protocol/leftOut.js';
import { MAX_CONTENT_BYTES } from '../../protocol/limits.js';
import type { AddMemoryResult, QueuedMemory } from '../../protocol/operations.js';
import type { JsonObject } from '../../protocol/json.js';
import {
  COUNT,
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

const STATUS = { type: 'string', enum: ['added', 'duplicate', 'queued'] };

const ANSWERED = outputSchema(
  {
    block_index: BLOCK_INDEX,
    hash: STRING,
    status: STATUS,
    slot: { type: ['string', 'null'] },
    branch: STRING_OR_NULL,
    timestamp: STRING,
    before: STRING_OR_NULL,
  },
  { waiting: COUNT },
);

/** One that is queued has no number yet. */
const OUTPUT = { ...ANSWERED, anyOf: [...(ANSWERED['anyOf'] as JsonObject[]), { required: ['status', 'waiting'] }] };

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
  outputSchema: OUTPUT,
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
  toText: (result) => {
    if (result.status === 'queued') return queuedText(result);
    return result.status === 'duplicate' ? duplicateText(result) : addedText(result);
  },
};

function addedText({ block_index, slot, left_out }: AddMemoryResult): string {
  return (
    `**SUCCESS: Memory Successfully Added!**\n\n` +
    `**Block Index**: #${block_index}\n` +
    `**STM Slot**: ${slot ?? 'none'}` +
    leftOutText(left_out)
  );
}

/** No number, and no word of success that a client might take for one. */
function queuedText({ waiting, left_out }: QueuedMemory): string {
  return (
    `**QUEUED: Waiting for the Team's Database**\n\n` +
    `It is away. The memory is safe on this machine and is added when it is back; ${waiting} wait there now. ` +
    'It has no number yet, and searches do not find it. Do not add it again.' +
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
