/**
 * The MCP server over a `MemoryService`. Low-level request handlers, because the arguments of a tool are checked by
 * the service: its errors have codes and sentences that say what to do, and must reach the model as they are.
 * One server object serves one connection or session, or one request, in either era of the protocol.
 */

import {
  CLIENT_INFO_META_KEY,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type CallToolResult,
  type GetPromptResult,
  type ReadResourceResult,
  type ServerContext,
  type ServerOptions,
  type Tool,
} from '@modelcontextprotocol/server';
import { clientName } from '../protocol/clientName.js';
import { GreeumError } from '../protocol/errors.js';
import type { CallOptions, MemoryService } from '../protocol/memoryService.js';
import { complete } from './completions.js';
import { INSTRUCTIONS } from './instructions.js';
import { PROMPT_LIST, PROMPTS } from './prompts/index.js';
import type { ResourceChanges } from './resourceChanges.js';
import { readResource, RESOURCE_TEMPLATES, RESOURCES } from './resources/index.js';
import { callTool, TOOL_LIST } from './toolCall.js';
import type { ImportProgress } from './tools/importMemories.js';
import { isToolName } from './tools/index.js';

export interface McpServerOptions {
  service: MemoryService;
  version: string;
  /** Who tells of changes to resources; null where nobody could be told: one request without a session. */
  changes: ResourceChanges | null;
}

/** Puts a server together; the tests have one that adds what the referee wants to see. */
export type CreateMcpServer = (options: McpServerOptions) => Server;

/** The lists change with the version of the program only; a client that connects to another one asks again. */
const LIST_TTL_MS = 60 * 60 * 1000;
const LIST_HINT = { ttlMs: LIST_TTL_MS, cacheScope: 'public' } as const;
/** A memory can get new links at any time, and is nobody else's. */
const READ_HINT = { ttlMs: 1_000, cacheScope: 'private' } as const;

/** Used by the SDK for forms that a server sends to people. We send none, and building its own costs milliseconds. */
const noForms: NonNullable<ServerOptions['jsonSchemaValidator']> = {
  getValidator: () => (input) => ({ valid: true, data: input as never, errorMessage: undefined }),
};

/** The answer to `server/discover` and `initialize`, but for the versions. */
export const SERVER_INFO = { name: 'greeum', title: 'Greeum' } as const;

export function createMcpServer(options: McpServerOptions): Server {
  const { version, changes } = options;
  const server = new Server(
    { ...SERVER_INFO, version },
    {
      capabilities: { tools: {}, resources: changes === null ? {} : { subscribe: true }, prompts: {}, completions: {} },
      instructions: INSTRUCTIONS,
      cacheHints: {
        'tools/list': LIST_HINT,
        'prompts/list': LIST_HINT,
        'resources/list': LIST_HINT,
        'resources/templates/list': LIST_HINT,
        'resources/read': READ_HINT,
        'server/discover': LIST_HINT,
      },
      jsonSchemaValidator: noForms,
    },
  );
  answerTools(server, options);
  answerResources(server, options);
  answerPrompts(server, options);
  if (changes !== null) takeSubscriptions(server, changes);
  return server;
}

function answerTools(server: Server, { service }: McpServerOptions): void {
  server.setRequestHandler('tools/list', () => ({ tools: TOOL_LIST as unknown as Tool[] }));
  server.setRequestHandler('tools/call', async ({ params }, context) => {
    if (!isToolName(params.name)) {
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool: ${params.name}`);
    }
    const options = { ...callOptions(server, context), onProgress: progressTo(context) };
    const result = await callTool(service, params.name, params.arguments ?? {}, options);
    return result as unknown as CallToolResult;
  });
}

/** Undefined: the client has not asked to be told. */
function progressTo({ mcpReq }: ServerContext): ((progress: ImportProgress) => void) | undefined {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return undefined;
  return (progress) => {
    // Who does not hear it hears the result, or is gone.
    void mcpReq
      .notify({ method: 'notifications/progress', params: { progressToken, ...progress } })
      .catch(() => undefined);
  };
}

function answerResources(server: Server, { service }: McpServerOptions): void {
  server.setRequestHandler('resources/list', () => ({ resources: [...RESOURCES] }));
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: [...RESOURCE_TEMPLATES] }));
  server.setRequestHandler('resources/read', async ({ params: { uri } }, context): Promise<ReadResourceResult> => {
    const text = await asked(() => readResource(service, uri, callOptions(server, context)));
    if (text === null) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Resource not found', { uri });
    return { contents: [{ uri, mimeType: 'application/json', text }] };
  });
}

function answerPrompts(server: Server, { service }: McpServerOptions): void {
  server.setRequestHandler('prompts/list', () => ({
    prompts: PROMPT_LIST.map((prompt) => ({ ...prompt, arguments: [...prompt.arguments] })),
  }));
  server.setRequestHandler('prompts/get', async ({ params }, context): Promise<GetPromptResult> => {
    const prompt = PROMPTS.find(({ name }) => name === params.name);
    if (prompt === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is no such prompt.');
    const text = await asked(() => prompt.toText(params.arguments ?? {}, service, callOptions(server, context)));
    return { description: prompt.description, messages: [{ role: 'user', content: { type: 'text', text } }] };
  });
  server.setRequestHandler('completion/complete', async ({ params: { argument } }, context) => {
    const typed = { argument: argument.name, value: argument.value };
    return { completion: await asked(() => complete(service, typed, callOptions(server, context))) };
  });
}

/** The subscriptions of one session of the 2025 era; those of the other era are the transport's. */
function takeSubscriptions(server: Server, changes: ResourceChanges): void {
  const ends = new Map<string, () => void>();
  const endTelling = changes.onUpdated((uri) => {
    if (ends.has(uri)) void server.sendResourceUpdated({ uri }).catch(() => undefined);
  });
  server.setRequestHandler('resources/subscribe', async ({ params: { uri } }) => {
    if (ends.has(uri)) return {};
    const end = await changes.watch(uri);
    if (end === null) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Too many resources are watched.');
    ends.get(uri)?.();
    ends.set(uri, end);
    return {};
  });
  server.setRequestHandler('resources/unsubscribe', ({ params: { uri } }) => {
    ends.get(uri)?.();
    ends.delete(uri);
    return {};
  });
  server.onclose = () => {
    endTelling();
    for (const end of ends.values()) end();
  };
}

function callOptions(server: Server, context: ServerContext): CallOptions {
  // Each request names its client in one era, the handshake did in the other.
  const envelope = context.mcpReq.envelope as Readonly<Record<string, unknown>> | undefined;
  const info = (envelope?.[CLIENT_INFO_META_KEY] ?? server.getClientVersion()) as
    { name?: unknown; version?: unknown } | undefined;
  return { source: 'mcp', signal: context.mcpReq.signal, client: clientName(info?.name, info?.version) };
}

/** Errors of the service as JSON-RPC errors: there is no other place for them outside of tools. */
async function asked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const known = GreeumError.from(error);
    const code = known.code === 'internal' ? ProtocolErrorCode.InternalError : ProtocolErrorCode.InvalidParams;
    const text = known.hint === undefined ? known.message : `${known.message} ${known.hint}`;
    throw new ProtocolError(code, text, known.toJSON());
  }
}
