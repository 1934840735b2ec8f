/** Suggestions while somebody types an argument of a prompt or a part of a resource's address. */

import type { CallOptions, MemoryService } from '../protocol/memoryService.js';

export interface CompletionRequest {
  /** Name of the argument or of the part. */
  readonly argument: string;
  /** What was typed so far. */
  readonly value: string;
}

/** `Completion` of MCP. */
export type Completion = { values: string[]; total: number; hasMore: boolean };

/** As many as MCP allows in one answer. */
const MAX_VALUES = 100;

/**
 * Projects and tags that there are, blocks and branches of the latest memories; nothing for other arguments.
 * @throws GreeumError of the service
 */
export async function complete(
  service: MemoryService,
  { argument, value }: CompletionRequest,
  options: CallOptions = {},
): Promise<Completion> {
  const known = await knownValues(service, argument, options);
  const typed = value.trim().toLowerCase();
  const fitting = known.filter((name) => name.toLowerCase().includes(typed));
  // What begins with it is likelier meant than what has it somewhere; otherwise the order stays.
  const ranked = [
    ...fitting.filter((name) => name.toLowerCase().startsWith(typed)),
    ...fitting.filter((name) => !name.toLowerCase().startsWith(typed)),
  ];
  return { values: ranked.slice(0, MAX_VALUES), total: ranked.length, hasMore: ranked.length > MAX_VALUES };
}

async function knownValues(service: MemoryService, argument: string, options: CallOptions): Promise<string[]> {
  switch (argument) {
    case 'project':
      return (await service.call('get_memory_stats', {}, options)).projects.map(({ name }) => name);
    case 'tag':
    case 'tags':
    case 'topic':
      return (await service.call('list_tags', {}, options)).tags.map(({ name }) => name);
    case 'index':
      return (await latest(service, options)).map(({ block_index: index }) => String(index));
    case 'root':
      return [...new Set((await latest(service, options)).flatMap(({ branch }) => branch ?? []))];
    default:
      return [];
  }
}

async function latest(service: MemoryService, options: CallOptions) {
  return (await service.call('list_memories', { limit: MAX_VALUES }, options)).memories;
}
