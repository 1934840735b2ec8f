/**
 * The MCP server over a `MemoryService`. Low-level request handlers, because the arguments of a tool are checked by
 * the service: its errors have codes and sentences that say what to do, and must reach the model as they are.
 * One server object serves one connection (stdio) or one request (HTTP), in either era of the protocol.
 */

import {
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type CallToolResult,
  type ServerOptions,
  type Tool,
} from '@modelcontextprotocol/server';
import type { MemoryService } from '../protocol/memoryService.js';
import { INSTRUCTIONS } from './instructions.js';
import { callTool, TOOL_LIST } from './toolCall.js';
import { isToolName } from './tools/index.js';

export interface McpServerOptions {
  service: MemoryService;
  version: string;
}

/** The list changes with the version of the program only; a client that connects to another one asks again. */
const TOOL_LIST_TTL_MS = 60 * 60 * 1000;

/** Used by the SDK for forms that a server sends to people. We send none, and building its own costs milliseconds. */
const noForms: NonNullable<ServerOptions['jsonSchemaValidator']> = {
  getValidator: () => (input) => ({ valid: true, data: input as never, errorMessage: undefined }),
};

export function createMcpServer({ service, version }: McpServerOptions): Server {
  const server = new Server(
    { name: 'greeum', title: 'Greeum', version },
    {
      capabilities: { tools: {} },
      instructions: INSTRUCTIONS,
      cacheHints: { 'tools/list': { ttlMs: TOOL_LIST_TTL_MS, cacheScope: 'public' } },
      jsonSchemaValidator: noForms,
    },
  );
  server.setRequestHandler('tools/list', () => ({ tools: TOOL_LIST as unknown as Tool[] }));
  server.setRequestHandler('tools/call', async ({ params }, context) => {
    if (!isToolName(params.name)) {
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown tool: ${params.name}`);
    }
    const result = await callTool(service, params.name, params.arguments ?? {}, { signal: context.mcpReq.signal });
    return result as unknown as CallToolResult;
  });
  return server;
}
