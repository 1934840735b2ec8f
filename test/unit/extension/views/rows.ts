import type { MemoryGroup, MemoryRecord } from '../../../../src/protocol/operations.js';

export function memoryRecord(blockIndex: number, more: Partial<MemoryRecord> = {}): MemoryRecord {
  return {
    block_index: blockIndex,
    hash: String(blockIndex).padStart(64, '0'),
    timestamp: '2026-11-24T09:30:15.000000',
    context: `memory ${blockIndex}`,
    importance: 0.5,
    slot: null,
    branch: null,
    tags: [],
    project: null,
    occurred_at: null,
    superseded_by: null,
    source: null,
    client: null,
    ...more,
  };
}

export function memoryGroup(key: string | null, more: Partial<MemoryGroup> = {}): MemoryGroup {
  return {
    key,
    blocks: 3,
    newest: 2,
    title: 'the newest',
    slot: null,
    first_timestamp: '2026-11-20T09:30:15.000000',
    last_timestamp: '2026-11-24T09:30:15.000000',
    ...more,
  };
}
