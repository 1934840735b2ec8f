/** What is in the files, against what was acknowledged. */

import type { AddMemoryResult } from '../protocol/operations.js';
import { verifyRows } from '../memory/verify.js';
import { integer, text, type Sql } from '../storage/engine.js';
import { nodeFiles } from '../storage/files.js';
import { layoutOf } from '../storage/layout.js';
import { openMemory } from '../storage/recovery.js';
import { verifyInput } from '../storage/verifyRows.js';
import type { Findings } from './options.js';

/** Opens the directory read-only, as any recovery would. */
export async function check(
  dataDir: string,
  acknowledged: ReadonlyMap<string, AddMemoryResult>,
  sent: ReadonlySet<string>,
): Promise<Findings> {
  const { image, epoch } = await openMemory(nodeFiles, layoutOf(dataDir));
  try {
    const blocksByKey = countByKey(image.sql);
    const counts = [...acknowledged.keys()].map((key) => blocksByKey.get(key) ?? 0);
    const foreign = [...blocksByKey.keys()].filter((key) => !sent.has(key));
    return {
      found: counts.filter((count) => count > 0).length,
      doubled: [...blocksByKey.values()].filter((count) => count > 1).length,
      missing: counts.filter((count) => count === 0).length,
      half: integer(image.sql.get(HALF_WRITTEN)?.[0]),
      changedAnswers: changedAnswers(image.sql, acknowledged),
      unheard: [...blocksByKey.keys()].filter((key) => sent.has(key) && !acknowledged.has(key)).length,
      epochs: epoch,
      problems: [...problems(image.sql), ...foreign.map((key) => `${key} was never sent`)],
    };
  } finally {
    image.close();
  }
}

/** A text ends in its key. */
function countByKey(sql: Sql): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [context] of sql.each('SELECT context FROM blocks')) {
    const key = text(context).split(' ').pop() ?? '';
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

/** Every block of this run has metadata, a node, a tag, and an idempotency record whose answer names it. */
const HALF_WRITTEN = `
SELECT count(*) FROM blocks b
WHERE NOT EXISTS (SELECT 1 FROM block_metadata m WHERE m.block_index = b.block_index)
   OR NOT EXISTS (SELECT 1 FROM memory_nodes n WHERE n.memory_id = b.block_index)
   OR NOT EXISTS (SELECT 1 FROM block_tags t WHERE t.block_index = b.block_index)
   OR (SELECT json_extract(r.answer, '$.block_index') FROM greeum_requests r
       WHERE r.key = substr(b.context, length(rtrim(b.context, replace(b.context, ' ', ''))) + 1)) IS NOT b.block_index`;

function changedAnswers(sql: Sql, acknowledged: ReadonlyMap<string, AddMemoryResult>): number {
  let changed = 0;
  for (const [key, answer] of acknowledged) {
    const stored = sql.get('SELECT answer FROM greeum_requests WHERE key = ?', [key]);
    const same = stored !== undefined && (JSON.parse(text(stored[0])) as AddMemoryResult).hash === answer.hash;
    if (!same) changed += 1;
  }
  return changed;
}

function problems(sql: Sql): string[] {
  const integrity = sql.all('PRAGMA integrity_check').map((row) => text(row[0]));
  const chain = verifyRows(verifyInput(sql)).problems.map(({ block_index, problem }) => `#${block_index}: ${problem}`);
  return [...integrity.filter((line) => line !== 'ok'), ...chain];
}
