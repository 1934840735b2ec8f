/** Another Greeum directory, of ours or of Python's, read as any client reads it: through its worker, or its files. */

import { existsSync } from 'node:fs';
import path from 'node:path';
import { locateMemory, type MemoryLocation } from '../../client/dataDirectory.js';
import { openLocalBundle } from '../../client/localStore.js';
import { WriteServiceClient } from '../../client/writeServiceClient.js';
import { GreeumError } from '../../protocol/errors.js';
import type { JsonObject } from '../../protocol/json.js';
import type { Entry } from '../entries.js';
import { entryOfLine, slotOfLine } from '../exportFormat.js';
import { exportPages } from '../exportPages.js';
import { keepOpen } from '../keepOpen.js';

/** @throws GreeumError `invalid_argument` when there is no memory in it, or it is the one that is imported into */
export async function* greeumDirectoryEntries(
  folder: string,
  target: MemoryLocation,
  onMemory: () => void,
): AsyncGenerator<Entry> {
  // The environment may name the worker of the target.
  const source = locateMemory(folder, {});
  if (source.folder === target.folder) {
    throw new GreeumError('invalid_argument', `${folder} is the memory itself. Nothing was imported.`);
  }
  if (!existsSync(path.join(source.folder, 'memory.db')) && !existsSync(path.join(source.folder, 'journal'))) {
    throw new GreeumError('invalid_argument', `There is no Greeum memory in ${folder}. Nothing was imported.`, {
      hint: 'Notes are imported file by file.',
    });
  }
  const local = keepOpen(openLocalBundle);
  const client = new WriteServiceClient({ source: 'cli', dataDir: folder, env: {}, openLocal: local.open });
  try {
    for await (const { lines, slots } of exportPages(client)) {
      for (const { line, memory } of lines) {
        onMemory();
        yield entryOfLine(line as unknown as JsonObject, `#${memory.block_index} ${memory.hash}`);
      }
      for (const slot of slots) {
        const entry = slotOfLine(slot as unknown as JsonObject);
        if (entry !== null) yield entry;
      }
    }
  } finally {
    client.close();
    await local.close();
  }
}
