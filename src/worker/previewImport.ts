import { checkRecord } from '../memory/resolveRecord.js';
import type { SecretPolicy } from '../protocol/environment.js';
import type { ImportedRecord, PreviewImportResult } from '../protocol/transfer.js';
import type { Queries } from '../storage/queries.js';

/** What an import of these records would do, as far as it can be told without doing it. Writes nothing. */
export function previewImport(
  queries: Pick<Queries, 'existingBlock'>,
  { records, origin }: { records: readonly unknown[]; origin: string },
  policy: SecretPolicy,
): PreviewImportResult {
  const results = records.map((record, position): ImportedRecord => {
    const memory = checkRecord(record, position, { origin, source: 'api', policy, timestamp: '' });
    if ('error' in memory) return { status: 'rejected', block_index: null, error: memory.error };
    const existing = queries.existingBlock(memory);
    const leftOut = memory.leftOut.length === 0 ? {} : { left_out: [...memory.leftOut] };
    return { status: existing === null ? 'added' : 'present', block_index: existing, ...leftOut };
  });
  return { results };
}
