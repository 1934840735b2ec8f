import {
  ProtocolError,
  ProtocolErrorCode,
  type CallToolResult,
  type ReadResourceResult,
  type Server,
  type Tool,
} from '@modelcontextprotocol/server';
import { PROMPT_LIST } from '../../src/mcp/prompts/index.js';
import { readResource, RESOURCE_TEMPLATES, RESOURCES as REAL_RESOURCES } from '../../src/mcp/resources/index.js';
import { createMcpServer, type McpServerOptions } from '../../src/mcp/server.js';
import { callTool, TOOL_LIST } from '../../src/mcp/toolCall.js';
import { isToolName } from '../../src/mcp/tools/index.js';
import { fromTemplate, PROMPTS, RESOURCES, TEMPLATE, TOOLS } from './fixtures.js';

/** The product's MCP server, which also knows what the referee asks for. */
export function createFixtureServer(options: McpServerOptions): Server {
  const server = createMcpServer(options);
  server.registerCapabilities({ logging: {} });
  addTools(server, options);
  addResources(server, options);
  addPrompts(server);
  return server;
}

function addTools(server: Server, { service }: McpServerOptions): void {
  const fixtures = Object.entries(TOOLS).map(
    ([name, { description, inputSchema = { type: 'object' as const } }]): Tool => ({
      name,
      description,
      inputSchema,
    }),
  );
  server.setRequestHandler('tools/list', () => ({ tools: [...(TOOL_LIST as unknown as Tool[]), ...fixtures] }));
  server.setRequestHandler('tools/call', async ({ params: { name, arguments: args = {} } }, context) => {
    if (isToolName(name)) return (await callTool(service, name, args)) as unknown as CallToolResult;
    const fixture = Object.hasOwn(TOOLS, name) ? TOOLS[name] : undefined;
    if (fixture === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is no such tool.');
    return fixture.call(args, context);
  });
}

function addResources(server: Server, { service }: McpServerOptions): void {
  const listed = RESOURCES.map(({ uri, name, description, mimeType }) => ({ uri, name, description, mimeType }));
  server.setRequestHandler('resources/list', () => ({ resources: [...REAL_RESOURCES, ...listed] }));
  server.setRequestHandler('resources/templates/list', () => ({
    resourceTemplates: [...RESOURCE_TEMPLATES, TEMPLATE],
  }));
  server.setRequestHandler('resources/read', async ({ params: { uri } }): Promise<ReadResourceResult> => {
    const fixture = RESOURCES.find((resource) => resource.uri === uri);
    if (fixture !== undefined) {
      const { mimeType } = fixture;
      const content = 'blob' in fixture ? { blob: fixture.blob } : { text: fixture.text };
      return { contents: [{ uri, mimeType, ...content }] };
    }
    const text = fromTemplate(uri) ?? (await readResource(service, uri));
    if (text === null) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Resource not found', { uri });
    return { contents: [{ uri, mimeType: TEMPLATE.mimeType, text }] };
  });
}

function addPrompts(server: Server): void {
  const fixtures = Object.entries(PROMPTS).map(([name, { description, arguments: args = [] }]) => ({
    name,
    description,
    arguments: args.map((argument) => ({ name: argument, required: true })),
  }));
  const real = PROMPT_LIST.map((prompt) => ({ ...prompt, arguments: [...prompt.arguments] }));
  server.setRequestHandler('prompts/list', () => ({ prompts: [...real, ...fixtures] }));
  server.setRequestHandler('prompts/get', ({ params: { name, arguments: args = {} } }, context) => {
    const fixture = Object.hasOwn(PROMPTS, name) ? PROMPTS[name] : undefined;
    if (fixture === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is no such prompt.');
    return fixture.get(args, context);
  });
}
