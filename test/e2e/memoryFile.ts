import { readFile } from 'node:fs/promises';
import path from 'node:path';
import initSqlJs from 'sql.js';

/** Texts of all memories in `memory.db`, oldest first, read from the bytes of the file alone. */
export async function storedTexts(dataDir: string): Promise<string[]> {
  const { Database } = await initSqlJs();
  const database = new Database(await readFile(path.join(dataDir, 'data', 'memory.db')));
  try {
    const [result] = database.exec('SELECT context FROM blocks ORDER BY block_index');
    return (result?.values ?? []).map(([text]) => String(text));
  } finally {
    database.close();
  }
}
