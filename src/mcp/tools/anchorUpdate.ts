import {
  BLOCK_INDEX,
  BOOLEAN,
  described,
  IDEMPOTENCY_KEY,
  inputSchema,
  NUMBER,
  outputSchema,
  record,
  SLOT,
  STRING,
  STRING_OR_NULL,
} from './schemas.js';
import type { Tool } from './tool.js';

export const anchorUpdate: Tool<'anchor_update'> = {
  name: 'anchor_update',
  title: 'Update Anchor',
  description:
    'Point slot A, B or C at a memory, clear it (block_index null), or pin it so that new memories do not move it.',
  inputSchema: inputSchema(
    {
      slot: SLOT,
      block_index: described(
        { type: ['integer', 'null'], minimum: 0 },
        'The memory to point at; null clears the slot; left out keeps what it points at.',
      ),
      pinned: BOOLEAN,
      idempotency_key: IDEMPOTENCY_KEY,
    },
    ['slot'],
  ),
  outputSchema: outputSchema({
    status: { type: 'string', enum: ['updated'] },
    anchor: record({
      slot: SLOT,
      block_index: { ...BLOCK_INDEX, type: ['integer', 'null'] },
      hash: STRING_OR_NULL,
      summary: STRING,
      pinned: BOOLEAN,
      last_seen: NUMBER,
    }),
  }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  toText: ({ anchor }) => {
    const target = anchor.block_index === null ? 'is empty' : `points at #${anchor.block_index}`;
    return `Slot ${anchor.slot} ${target}${anchor.pinned ? ' and is pinned' : ''}.`;
  },
};
