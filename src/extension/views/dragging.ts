/** What is carried when memories are dragged. */

import type { MemoryRecord } from '../../protocol/operations.js';
import { VIEWS } from '../ids.js';

/** Under which the editor carries what is dragged out of a tree; lower case, because it compares it so. */
export function treeMime(view: string): string {
  return `application/vnd.code.tree.${view.toLowerCase()}`;
}

/** What a slot takes: memories of both views that list them. */
export const MEMORY_MIMES: readonly string[] = [treeMime(VIEWS.memories), treeMime(VIEWS.branches)];

export function packMemories(memories: readonly MemoryRecord[]): string {
  return JSON.stringify(memories.map(({ block_index }) => block_index));
}

/** Block indexes, the first dragged first; empty for what is not ours. */
export function unpackMemories(packed: unknown): number[] {
  if (typeof packed !== 'string') return [];
  try {
    const value: unknown = JSON.parse(packed);
    return Array.isArray(value) ? value.filter((item): item is number => Number.isSafeInteger(item)) : [];
  } catch {
    // Another extension may use any text under any name; then nothing of ours was dragged.
    return [];
  }
}

/** For whatever takes text: an editor, an input box, a chat. */
export function memoriesAsText(memories: readonly MemoryRecord[]): string {
  return memories.map(({ context }) => context).join('\n\n');
}
