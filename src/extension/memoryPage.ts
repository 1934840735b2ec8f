import type { MemoryService } from '../protocol/memoryService.js';
import { renderMemory } from './memoryDocument.js';
import { neighboursOf } from './neighbours.js';

/** The document of a memory, with what is around it. @throws GreeumError when it cannot be read */
export async function memoryPage(blockIndex: number, service: MemoryService): Promise<string> {
  const { memory } = await service.call('get_memory', { block_index: blockIndex });
  return renderMemory(memory, await neighboursOf(memory, service));
}
