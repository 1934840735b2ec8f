import type { MemoryDetail } from '../../../src/protocol/operations.js';
import { memoryRecord } from './views/rows.js';

/** A memory with everything, made from a selection in an editor. */
export function memoryDetail(changes: Partial<MemoryDetail>): MemoryDetail {
  return {
    ...memoryRecord(7, { context: 'We chose sql.js.', slot: 'A' }),
    block_index: 7,
    hash: 'ab'.repeat(32),
    timestamp: '2026-01-02T03:04:05.000006',
    context: 'We chose sql.js.',
    importance: 0.5,
    slot: 'A',
    branch: null,
    tags: [],
    project: null,
    occurred_at: null,
    superseded_by: null,
    source: null,
    client: null,
    prev_hash: '',
    before: null,
    after: [],
    keywords: ['sql'],
    metadata: { file: 'src/a.ts', start_line: 3 },
    associations: [],
    ...changes,
  };
}
