/**
 * One tool call, from plain JSON to plain JSON. The MCP server and the bare JSON-RPC route both answer with this; it
 * needs no SDK, so that the route stays fast.
 */

import { randomUUID } from 'node:crypto';
import { GreeumError } from '../protocol/errors.js';
import { MAX_LIST_RESULTS, MAX_SEARCH_RESULTS } from '../protocol/limits.js';
import type { CallOptions, MemoryService } from '../protocol/memoryService.js';
import { isWriteOperation, type InputOf, type ResultOf } from '../protocol/operations.js';
import { bounded, MAX_PAGE } from './bounded.js';
import {
  IMPORT_TOOL,
  importedText,
  importText,
  type ImportAnswer,
  type ImportProgress,
} from './tools/importMemories.js';
import { TOOLS } from './tools/index.js';
import { failure, type ToolFailure } from './toolFailure.js';
import type { CallableName, ToolDescription, ToolName } from './tools/tool.js';

/** `CallToolResult` of MCP, as far as our tools use it. */
export interface ToolResult {
  content: [{ type: 'text'; text: string }];
  structuredContent: ResultOf<ToolName> | ImportAnswer | ToolFailure['structuredContent'];
  isError: boolean;
}

export interface ToolCallOptions extends Pick<CallOptions, 'source' | 'client' | 'signal'> {
  /** Of an import; other calls are over before there is any. */
  onProgress?: ((progress: ImportProgress) => void) | undefined;
}

/** The answer to `tools/list`. */
export const TOOL_LIST: readonly ToolDescription[] = [...Object.values(TOOLS), IMPORT_TOOL].map(
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
 *
 * A write without an idempotency key gets one here, once: retries on the way to the owner then change nothing twice,
 * and when the outcome stays unknown the answer tells the key to repeat the call with.
 */
export async function callTool(
  service: MemoryService,
  name: CallableName,
  args: Readonly<Record<string, unknown>>,
  { onProgress, ...given }: ToolCallOptions = {},
): Promise<ToolResult> {
  const options = { source: 'mcp', ...given } as const;
  const input = name === IMPORT_TOOL.name ? args : inputOf(name, args);
  try {
    if (name === IMPORT_TOOL.name) return await importAll(service, args, { ...options, onProgress });
    return await succeed(service, name, input as unknown as InputOf<typeof name>, options);
  } catch (error) {
    const known = GreeumError.from(error, isWriteOperation(name) ? 'unknown' : 'not_written');
    return failure(known, input['idempotency_key']);
  }
}

function inputOf(name: ToolName, args: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const ignored = TOOLS[name].ignoredArguments;
  const input =
    ignored === undefined ? args : Object.fromEntries(Object.entries(args).filter(([key]) => !ignored.includes(key)));
  if (!isWriteOperation(name) || input['idempotency_key'] !== undefined) return input;
  return { ...input, idempotency_key: randomUUID() };
}

async function succeed<K extends ToolName>(
  service: MemoryService,
  name: K,
  input: InputOf<K>,
  options: CallOptions,
): Promise<ToolResult> {
  const result = await boundedAnswer(service, name, input, options);
  return {
    content: [{ type: 'text', text: TOOLS[name].toText(result, input) }],
    structuredContent: result,
    isError: false,
  };
}

/** A search whose page had to end earlier is asked for again with that many, so that its cursor goes on from there. */
async function boundedAnswer<K extends ToolName>(
  service: MemoryService,
  name: K,
  input: InputOf<K>,
  options: CallOptions,
): Promise<ResultOf<K>> {
  const answer = await service.call(name, withFittingLimit(name, input), options);
  const fitting = bounded(answer);
  const [found, shown] = [countOf(answer), countOf(fitting)];
  return shown < found ? boundedAnswer(service, name, { ...input, limit: shown }, options) : fitting;
}

/** A limit that is too large for the operation stays, and is its error. */
function withFittingLimit<T>(name: ToolName, input: T): T {
  const maximum = name === 'list_memories' ? MAX_LIST_RESULTS : MAX_SEARCH_RESULTS;
  const { limit } = input as { limit?: unknown };
  const isTooMany = typeof limit === 'number' && limit > MAX_PAGE && limit <= maximum;
  return isTooMany ? { ...input, limit: MAX_PAGE } : input;
}

function countOf(answer: object): number {
  return (answer as { results?: readonly unknown[] }).results?.length ?? 0;
}

async function importAll(
  service: MemoryService,
  args: Readonly<Record<string, unknown>>,
  { onProgress, ...options }: ToolCallOptions,
): Promise<ToolResult> {
  const asCalled: MemoryService = {
    call: (operation, input, more) => service.call(operation, input, { ...options, ...more }),
  };
  const answer = await importText(asCalled, args, { signal: options.signal, ...(onProgress && { onProgress }) });
  return { content: [{ type: 'text', text: importedText(answer) }], structuredContent: answer, isError: false };
}
