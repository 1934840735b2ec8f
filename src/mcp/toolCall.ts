/**
 * One tool call, from plain JSON to plain JSON. The MCP server and the bare JSON-RPC route both answer with this; it
 * needs no SDK, so that the route stays fast.
 */

import { GreeumError, type SerializedError } from '../protocol/errors.js';
import type { MemoryService } from '../protocol/memoryService.js';
import { isWriteOperation, type InputOf, type ResultOf, type WriteSource } from '../protocol/operations.js';
import { TOOLS } from './tools/index.js';
import type { ObjectSchema, ToolAnnotations, ToolName } from './tools/tool.js';

/** `CallToolResult` of MCP, as far as our tools use it. */
export interface ToolResult {
  content: [{ type: 'text'; text: string }];
  structuredContent: ResultOf<ToolName> | { error: SerializedError };
  isError: boolean;
}

export interface ToolCallOptions {
  source?: WriteSource;
  signal?: AbortSignal;
}

export interface ToolDescription {
  name: ToolName;
  title: string;
  description: string;
  inputSchema: ObjectSchema;
  outputSchema: ObjectSchema;
  annotations: ToolAnnotations;
}

/** The answer to `tools/list`. */
export const TOOL_LIST: readonly ToolDescription[] = Object.values(TOOLS).map(
  ({ name, title, description, inputSchema, outputSchema, annotations }) => ({
    name,
    title,
    description,
    inputSchema,
    outputSchema,
    annotations,
  }),
);

/**
 * Calls the service and never throws: a failure is a result with `isError`, so that the model reads the sentence.
 * The arguments are checked by the service, which has the codes and sentences for them.
 */
export async function callTool(
  service: MemoryService,
  name: ToolName,
  input: Readonly<Record<string, unknown>>,
  { source = 'mcp', signal }: ToolCallOptions = {},
): Promise<ToolResult> {
  try {
    return await succeed(service, name, input as unknown as InputOf<typeof name>, { source, signal });
  } catch (error) {
    return failure(GreeumError.from(error, isWriteOperation(name) ? 'unknown' : 'not_written'));
  }
}

async function succeed<K extends ToolName>(
  service: MemoryService,
  name: K,
  input: InputOf<K>,
  { source, signal }: { source: WriteSource; signal: AbortSignal | undefined },
): Promise<ToolResult> {
  const result = await service.call(name, input, signal === undefined ? { source } : { source, signal });
  return {
    content: [{ type: 'text', text: TOOLS[name].toText(result, input) }],
    structuredContent: result,
    isError: false,
  };
}

function failure(error: GreeumError): ToolResult {
  const text = error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
  return { content: [{ type: 'text', text }], structuredContent: { error: error.toJSON() }, isError: true };
}
