import { MAX_ASSOCIATION_CHANGES } from '../../protocol/limits.js';
import {
  arrayOf,
  ASSOCIATION,
  BLOCK_INDEX,
  COUNT,
  described,
  IDEMPOTENCY_KEY,
  inputSchema,
  NUMBER,
  outputSchema,
  STRING,
} from './schemas.js';
import type { Tool } from './tool.js';

const ENDS = { source: BLOCK_INDEX, target: BLOCK_INDEX };

export const updateAssociations: Tool<'update_associations'> = {
  name: 'update_associations',
  title: 'Update Associations',
  description: 'Link memories that belong together, or remove such links. All of it happens, or none.',
  inputSchema: inputSchema({
    add: {
      ...arrayOf(
        inputSchema(
          {
            ...ENDS,
            type: described({ ...STRING, default: 'semantic' }, 'What the link means: semantic, causal, …'),
            strength: { ...NUMBER, minimum: 0, maximum: 1, default: 0.5 },
          },
          ['source', 'target'],
        ),
      ),
      maxItems: MAX_ASSOCIATION_CHANGES,
    },
    remove: { ...arrayOf(inputSchema(ENDS, ['source', 'target'])), maxItems: MAX_ASSOCIATION_CHANGES },
    idempotency_key: IDEMPOTENCY_KEY,
  }),
  outputSchema: outputSchema({
    status: { type: 'string', enum: ['updated'] },
    added: arrayOf(ASSOCIATION),
    removed: COUNT,
  }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  toText: ({ added, removed }) => `Associations updated: ${added.length} added, ${removed} removed.`,
};
