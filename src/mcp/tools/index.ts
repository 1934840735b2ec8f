/** The tools, in the order in which clients see them. */

import { addMemory } from './addMemory.js';
import { anchorUpdate } from './anchorUpdate.js';
import { getMemory } from './getMemory.js';
import { getMemoryStats } from './getMemoryStats.js';
import { listMemories } from './listMemories.js';
import { searchMemory } from './searchMemory.js';
import { IMPORT_TOOL } from './importMemories.js';
import type { CallableName, Tool, ToolName } from './tool.js';
import { updateAssociations } from './updateAssociations.js';
import { workerStatus } from './workerStatus.js';

/** By name, complete by type: a tool that is named but not listed does not compile. */
export const TOOLS: { readonly [K in ToolName]: Tool<K> } = {
  add_memory: addMemory,
  search_memory: searchMemory,
  get_memory: getMemory,
  list_memories: listMemories,
  update_associations: updateAssociations,
  anchor_update: anchorUpdate,
  get_memory_stats: getMemoryStats,
  worker_status: workerStatus,
};

export function isToolName(name: unknown): name is CallableName {
  return typeof name === 'string' && (Object.hasOwn(TOOLS, name) || name === IMPORT_TOOL.name);
}
