/** What one MCP tool is: data, and the sentence that tells a person or a model what came out. */

import type { JsonObject } from '../../protocol/json.js';
import type { InputOf, OperationName, ResultOf } from '../../protocol/operations.js';

/** A tool carries the name of the operation it calls. */
export type ToolName = Extract<
  OperationName,
  | 'add_memory'
  | 'search_memory'
  | 'get_memory'
  | 'list_memories'
  | 'update_associations'
  | 'anchor_update'
  | 'get_memory_stats'
  | 'worker_status'
>;

/** JSON Schema 2020-12, which is what MCP assumes where no `$schema` is given, with an object at its root. */
export type ObjectSchema = JsonObject & { readonly type: 'object' };

/** What a client may assume without asking; each of the four must be true to what the tool does. */
export interface ToolAnnotations {
  readonly readOnlyHint: boolean;
  readonly destructiveHint: boolean;
  readonly idempotentHint: boolean;
  readonly openWorldHint: boolean;
}

/** What can be called: those, and the import, which makes many calls. */
export type CallableName = ToolName | 'import_memories';

/** What a client is told of a tool. */
export interface ToolDescription {
  readonly name: CallableName;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: ObjectSchema;
  readonly outputSchema: ObjectSchema;
  readonly annotations: ToolAnnotations;
}

export interface Tool<K extends ToolName = ToolName> extends ToolDescription {
  readonly name: K;
  /** Arguments that Python Greeum's client sends and that mean nothing here; they are dropped. */
  readonly ignoredArguments?: readonly string[];
  /** Short text of a success. `input` is what the service accepted, so it is well-formed. */
  toText(result: ResultOf<K>, input: InputOf<K>): string;
}

/** For tools that look at the memory and change nothing. Nothing here reaches beyond the user's own memory. */
export const READS: ToolAnnotations = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
};
