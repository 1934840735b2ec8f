/**
 * What anyone can ask of a memory, as plain JSON. The field names are those of the wire: MCP tools, JSON-RPC, the
 * CLI's `--json` and the threads' messages all carry these very objects.
 */

import type {
  AnchorUpdateInput,
  AnchorUpdateResult,
  ListAnchorsResult,
  ListAssociationsInput,
  ListAssociationsResult,
  UpdateAssociationsInput,
  UpdateAssociationsResult,
} from './links.js';
import type {
  AddMemoryInput,
  AddMemoryResult,
  QueuedMemory,
  GetMemoryInput,
  GetMemoryResult,
  ListMemoriesInput,
  ListMemoriesResult,
  SearchMemoryInput,
  SearchMemoryResult,
} from './memories.js';
import type {
  ListGroupsInput,
  ListGroupsResult,
  ListTagsInput,
  ListTagsResult,
  MemoryGraphInput,
  MemoryGraphResult,
  MemoryStats,
} from './overviews.js';
import type {
  FlushResult,
  ReembedResult,
  ReindexResult,
  RotateTokenResult,
  StopResult,
  VerifyResult,
  WorkerStatus,
} from './workerStatus.js';
import type {
  ExportMemoriesInput,
  ExportMemoriesResult,
  ImportMemoriesInput,
  ImportMemoriesResult,
  PreviewImportInput,
  PreviewImportResult,
} from './transfer.js';

export { type LeftOut } from './leftOut.js';
export { SLOT_NAMES, type SlotName } from './slots.js';
export * from './links.js';
export * from './memories.js';
export * from './overviews.js';
export * from './workerStatus.js';

type Nothing = Record<string, never>;

/** Every operation by name. The first eight are also MCP tools. */
export interface Operations {
  add_memory: { input: AddMemoryInput; result: AddMemoryResult | QueuedMemory };
  search_memory: { input: SearchMemoryInput; result: SearchMemoryResult };
  get_memory: { input: GetMemoryInput; result: GetMemoryResult };
  list_memories: { input: ListMemoriesInput; result: ListMemoriesResult };
  update_associations: { input: UpdateAssociationsInput; result: UpdateAssociationsResult };
  anchor_update: { input: AnchorUpdateInput; result: AnchorUpdateResult };
  get_memory_stats: { input: Nothing; result: MemoryStats };
  worker_status: { input: Nothing; result: WorkerStatus };
  list_associations: { input: ListAssociationsInput; result: ListAssociationsResult };
  list_anchors: { input: Nothing; result: ListAnchorsResult };
  list_tags: { input: ListTagsInput; result: ListTagsResult };
  list_groups: { input: ListGroupsInput; result: ListGroupsResult };
  memory_graph: { input: MemoryGraphInput; result: MemoryGraphResult };
  import_memories: { input: ImportMemoriesInput; result: ImportMemoriesResult };
  preview_import: { input: PreviewImportInput; result: PreviewImportResult };
  export_memories: { input: ExportMemoriesInput; result: ExportMemoriesResult };
  verify: { input: Nothing; result: VerifyResult };
  reindex: { input: Nothing; result: ReindexResult };
  reembed: { input: Nothing; result: ReembedResult };
  flush: { input: Nothing; result: FlushResult };
  stop: { input: Nothing; result: StopResult };
  rotate_token: { input: Nothing; result: RotateTokenResult };
}

export type OperationName = keyof Operations;
export type InputOf<K extends OperationName> = Operations[K]['input'];
export type ResultOf<K extends OperationName> = Operations[K]['result'];

export const WRITE_OPERATIONS = ['add_memory', 'update_associations', 'anchor_update', 'import_memories'] as const;
export type WriteOperation = (typeof WRITE_OPERATIONS)[number];

/** What is about the running worker itself, and nothing that a store could answer. */
const OWNER_OPERATIONS = ['worker_status', 'stop', 'rotate_token'] as const;
export type OwnerOperation = (typeof OWNER_OPERATIONS)[number];

/** What may take minutes, and ends when whoever asked for it gives up. */
const LONG_OPERATIONS = ['verify', 'reindex', 'reembed'] as const;

export function isLongOperation(name: OperationName): boolean {
  return (LONG_OPERATIONS as readonly string[]).includes(name);
}

/** What only a running worker has, and a store that is opened for one call has not: an index and vectors at hand. */
export function isWorkersOwn(name: OperationName): name is OwnerOperation | 'reindex' | 'reembed' {
  return isOwnerOperation(name) || name === 'reindex' || name === 'reembed';
}

export function isOwnerOperation(name: OperationName): name is OwnerOperation {
  return (OWNER_OPERATIONS as readonly string[]).includes(name);
}

/** Exhaustive by type, so that a new operation cannot be forgotten here. */
const OPERATION_NAMES: { readonly [K in OperationName]: true } = {
  add_memory: true,
  search_memory: true,
  get_memory: true,
  list_memories: true,
  update_associations: true,
  anchor_update: true,
  get_memory_stats: true,
  worker_status: true,
  list_associations: true,
  list_anchors: true,
  list_tags: true,
  list_groups: true,
  memory_graph: true,
  import_memories: true,
  preview_import: true,
  export_memories: true,
  verify: true,
  reindex: true,
  reembed: true,
  flush: true,
  stop: true,
  rotate_token: true,
};

export function isOperation(name: string): name is OperationName {
  return Object.hasOwn(OPERATION_NAMES, name);
}

export function isWriteOperation(name: OperationName): name is WriteOperation {
  return (WRITE_OPERATIONS as readonly string[]).includes(name);
}
