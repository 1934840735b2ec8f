import type { MemoryDetail } from '../../../src/protocol/operations.js';
import { memoryRecord } from './views/rows.js';

/** A memory with everything, made from a selection in an editor. */
export function memoryDetail(changes: Partial<MemoryDetail>): MemoryDetail {
  return {
    ...memoryRecord(7, { context: 'We chose sql.js.', slot: 'A' }),
    prev_hash: '',
    before: null,
    after: [],
    keywords: ['sql'],
    metadata: { file: 'src/a.ts', start_line: 3 },
    associations: [],
    ...changes,
  };
}
