/** Memories as lines of a quick pick. Pure. */

import type { MemoryRecord } from '../protocol/operations.js';
import { escapeIcons, oneLine } from './wording.js';

const LABEL_CHARS = 120;

export interface MemoryItem {
  label: string;
  /** Second line: which memory it is. */
  detail: string;
  blockIndex: number;
  /** The list is the worker's answer; the editor must not filter it again by what was typed. */
  alwaysShow: true;
}

/** @param memory as foreign as its author: none of its text may become an icon */
export function memoryItem(memory: MemoryRecord): MemoryItem {
  const about = [`#${memory.block_index}`, memory.timestamp.slice(0, 16).replace('T', ' ')];
  if (memory.project !== null) about.push(oneLine(memory.project, 40));
  if (memory.tags.length > 0) about.push(oneLine(memory.tags.join(', '), 60));
  return {
    label: escapeIcons(oneLine(memory.context, LABEL_CHARS)),
    detail: escapeIcons(about.join(' · ')),
    blockIndex: memory.block_index,
    alwaysShow: true,
  };
}
