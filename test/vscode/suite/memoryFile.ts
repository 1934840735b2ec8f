import { existsSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** The data directory that the run gave to this editor. */
export function dataDir(): string {
  const folder = process.env['GREEUM_DATA_DIR'];
  if (folder === undefined) throw new Error('The run has to set GREEUM_DATA_DIR.');
  return folder;
}

export interface StoredMemory {
  context: string;
  metadata: Record<string, unknown>;
}

/** What `memory.db` says of a block, read by an SQLite that is not ours; undefined where it says nothing. */
export function storedMemory(blockIndex: number): StoredMemory | undefined {
  const file = path.join(dataDir(), 'data', 'memory.db');
  if (!existsSync(file)) return undefined;
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const row = database
      .prepare('SELECT context, metadata FROM blocks JOIN block_metadata USING (block_index) WHERE block_index = ?')
      .get(blockIndex);
    if (row === undefined) return undefined;
    return {
      context: String(row['context']),
      metadata: JSON.parse(String(row['metadata'])) as Record<string, unknown>,
    };
  } finally {
    database.close();
  }
}
