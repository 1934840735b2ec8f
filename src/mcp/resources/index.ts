/** What a client can attach to a conversation: memories, branches, the slots and the worker, as JSON. */

import { GreeumError } from '../../protocol/errors.js';
import type { CallOptions, MemoryService } from '../../protocol/memoryService.js';
import { bounded } from '../bounded.js';
import { BRANCH_TEMPLATE, branchUri, MEMORY_TEMPLATE, memoryUri, parseUri, SLOTS_URI, WORKER_URI } from './uri.js';
import type { ResourceAddress } from './uri.js';

export interface ResourceDescription {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly mimeType: 'application/json';
}

export const RESOURCES: readonly (ResourceDescription & { readonly uri: string })[] = [
  {
    uri: SLOTS_URI,
    name: 'slots',
    title: 'Slots',
    description: 'Where new memories continue: what the slots A, B and C point at.',
    mimeType: 'application/json',
  },
  {
    uri: WORKER_URI,
    name: 'worker',
    title: 'Worker',
    description: 'The state of the write worker: its owner, its queue, and whether writes are refused and why.',
    mimeType: 'application/json',
  },
];

export const RESOURCE_TEMPLATES: readonly (ResourceDescription & { readonly uriTemplate: string })[] = [
  {
    uriTemplate: MEMORY_TEMPLATE,
    name: 'memory',
    title: 'Memory',
    description: 'One memory in full, with its links; index is the number after # in results.',
    mimeType: 'application/json',
  },
  {
    uriTemplate: BRANCH_TEMPLATE,
    name: 'branch',
    title: 'Branch',
    description: 'The latest memories that grew from one root, newest first.',
    mimeType: 'application/json',
  },
];

/** Memories of a branch that are read at once. */
const BRANCH_LENGTH = 50;

/**
 * The text behind an address; null when there is nothing.
 * @throws GreeumError of the service
 */
export async function readResource(
  service: MemoryService,
  uri: string,
  options: CallOptions = {},
): Promise<string | null> {
  const address = parseUri(uri);
  if (address === null) return null;
  try {
    const content = await read(service, address, options);
    return content === null ? null : JSON.stringify(content);
  } catch (error) {
    if (error instanceof GreeumError && error.code === 'unknown_block') return null;
    throw error;
  }
}

async function read(service: MemoryService, address: ResourceAddress, options: CallOptions): Promise<object | null> {
  switch (address.kind) {
    case 'worker':
      return service.call('worker_status', {}, options);
    case 'slots':
      return service.call('list_anchors', {}, options);
    case 'memory':
      return bounded(linked(await service.call('get_memory', { block_index: address.index }, options)));
    case 'branch': {
      const input = { branch: address.root, limit: BRANCH_LENGTH };
      const found = await service.call('list_memories', input, options);
      return found.memories.length === 0 ? null : bounded(found);
    }
  }
}

/** Says where to go from here. */
function linked<T extends { memory: { branch: string | null; associations: { source: number; target: number }[] } }>(
  result: T,
): T & { see_also: string[] } {
  const { branch, associations } = result.memory;
  const neighbours = associations.flatMap(({ source, target }) => [memoryUri(source), memoryUri(target)]);
  return { ...result, see_also: [...new Set([...(branch === null ? [] : [branchUri(branch)]), ...neighbours])] };
}
