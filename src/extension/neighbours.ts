/** The memories around one: what it continues, what continues it, and what it is associated with. */

import type { MemoryService } from '../protocol/memoryService.js';
import type { GetMemoryInput, MemoryDetail } from '../protocol/operations.js';
import type { Neighbours } from './memoryDocument.js';

/** A memory that thousands continue is still one document. */
const MAX_SHOWN = 30;

/** One that cannot be read is left out: the document says what is known without it. */
export async function neighboursOf(memory: MemoryDetail, service: MemoryService): Promise<Neighbours> {
  const titles = new Map<number, string>();
  const read = async (input: GetMemoryInput): Promise<number | null> => {
    try {
      const { memory: found } = await service.call('get_memory', input);
      titles.set(found.block_index, found.context);
      return found.block_index;
    } catch {
      // Python may have deleted it, or the worker is going: the memory itself is there to be shown.
      return null;
    }
  };
  const others = memory.associations.map(({ source, target }) => (source === memory.block_index ? target : source));
  const [continues, continuedBy] = await Promise.all([
    memory.before === null ? null : read({ hash: memory.before }),
    Promise.all(memory.after.slice(0, MAX_SHOWN).map((hash) => read({ hash }))),
    Promise.all([...new Set(others)].slice(0, MAX_SHOWN).map((block_index) => read({ block_index }))),
  ]);
  return { titles, continues, continuedBy: continuedBy.filter((block) => block !== null) };
}
