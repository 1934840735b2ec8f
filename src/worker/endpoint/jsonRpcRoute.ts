/**
 * The fast path of `POST /mcp`: JSON-RPC without the MCP SDK. Our own clients call `greeum/<operation>` and get the
 * result or an error with the `SerializedError` as its `data`. Python Greeum's client sends a bare `tools/call`: no
 * handshake, no `Accept`, no MCP headers. Failures of a call are HTTP 200: Python takes any other status for "no
 * worker" and would write to the files itself.
 */

import { callPythonTool, isPythonTool, pythonArguments } from '../../mcp/pythonTools.js';
import { callTool, TOOL_LIST } from '../../mcp/toolCall.js';
import { isToolName } from '../../mcp/tools/index.js';
import { GreeumError } from '../../protocol/errors.js';
import {
  METHOD_PREFIX,
  RPC_GREEUM_ERROR,
  RPC_INVALID_PARAMS,
  RPC_INVALID_REQUEST,
  RPC_METHOD_NOT_FOUND,
  type JsonRpcError,
  type JsonRpcId,
  type JsonRpcResponse,
} from '../../protocol/jsonRpc.js';
import type { CallOptions, MemoryService } from '../../protocol/memoryService.js';
import { isOperation, isWriteOperation, type OperationName, type WriteSource } from '../../protocol/operations.js';

/** As in the MCP SDK. */
const MAX_BATCH = 100;

export interface JsonRpcReply {
  status: number;
  /** Null: nothing to say, the request held notifications only. */
  json: string | null;
}

interface Call {
  service: MemoryService;
  params: unknown;
  sender: Sender;
}

/** What a caller says of itself. */
export interface Sender {
  /** Null: nothing. */
  source: WriteSource | null;
  client?: string | undefined;
  /** It came in through the socket, and so by the permissions of a file. */
  isOnSocket?: boolean;
}

/** Whoever has the token could exchange it and shut the user out; and a stolen one would steal the next. */
const SOCKET_ONLY: ReadonlySet<OperationName> = new Set(['rotate_token']);

type Outcome = { result: unknown } | { error: JsonRpcError };
type Method = (call: Call) => Outcome | Promise<Outcome>;
type JsonRecord = Readonly<Record<string, unknown>>;

const METHODS: ReadonlyMap<string, Method> = new Map<string, Method>([
  ['tools/call', callNamedTool],
  ['tools/list', () => ({ result: { tools: TOOL_LIST } })],
  ['ping', () => ({ result: {} })],
]);

/** Answers a parsed body: one message, or a batch of them. Never throws. */
export async function answerJsonRpc(service: MemoryService, body: unknown, sender: Sender): Promise<JsonRpcReply> {
  if (!Array.isArray(body)) {
    const response = await answerMessage(service, body, sender);
    return response === null
      ? { status: 202, json: null }
      : { status: isInvalid(response) ? 400 : 200, json: JSON.stringify(response) };
  }
  if (body.length === 0) return refusal('Invalid request: the batch is empty.');
  if (body.length > MAX_BATCH) return refusal(`Invalid request: a batch holds at most ${MAX_BATCH} messages.`);
  const responses = await Promise.all(body.map((message) => answerMessage(service, message, sender)));
  const said = responses.filter((response) => response !== null);
  return said.length === 0 ? { status: 202, json: null } : { status: 200, json: JSON.stringify(said) };
}

/** A message without an id is a notification: it is carried out, and never answered. */
async function answerMessage(
  service: MemoryService,
  message: unknown,
  sender: Sender,
): Promise<JsonRpcResponse | null> {
  if (!isRecord(message) || message['jsonrpc'] !== '2.0' || typeof message['method'] !== 'string') {
    return invalidRequest('Invalid request: this is not a JSON-RPC 2.0 message.');
  }
  const { id, method, params } = message;
  if (id !== undefined && !isId(id)) return invalidRequest('Invalid request: an id is a string, a number or null.');
  const outcome = await carryOut(method, { service, params, sender });
  return id === undefined ? null : { jsonrpc: '2.0', id, ...outcome };
}

function carryOut(method: string, call: Call): Outcome | Promise<Outcome> {
  if (method.startsWith(METHOD_PREFIX)) return callOperation(method.slice(METHOD_PREFIX.length), call);
  const known = METHODS.get(method);
  // The name of a method may be anything a caller sends, so it is not repeated.
  return known === undefined ? failed(RPC_METHOD_NOT_FOUND, 'Method not found.') : known(call);
}

async function callOperation(name: string, { service, params = {}, sender }: Call): Promise<Outcome> {
  if (!isOperation(name)) return failed(RPC_METHOD_NOT_FOUND, 'There is no such operation.', 'unknown_operation');
  if (!isRecord(params)) return failed(RPC_INVALID_PARAMS, 'The params of an operation are an object.');
  if (SOCKET_ONLY.has(name) && sender.isOnSocket !== true) {
    return failed(RPC_GREEUM_ERROR, 'The token does not allow this; the socket does.', 'unauthorized');
  }
  try {
    return { result: await run(service, name, params, sender) };
  } catch (error) {
    const known = GreeumError.from(error, isWriteOperation(name) ? 'unknown' : 'not_written');
    return { error: { code: RPC_GREEUM_ERROR, message: known.message, data: known.toJSON() } };
  }
}

function run(service: MemoryService, name: OperationName, input: JsonRecord, sender: Sender): Promise<unknown> {
  const options: CallOptions = { source: sender.source ?? 'api', client: sender.client };
  // The service checks the input; what comes over a wire has no type before that.
  return service.call(name, input, options);
}

async function callNamedTool({ service, params, sender }: Call): Promise<Outcome> {
  if (!isRecord(params)) return failed(RPC_INVALID_PARAMS, 'The params of tools/call are an object.');
  const { name, arguments: args = {} } = params;
  if (!isRecord(args)) return failed(RPC_INVALID_PARAMS, 'The arguments of a tool are an object.');
  const options = { source: sender.source ?? 'mcp', client: sender.client } as const;
  if (isPythonTool(name)) return { result: await callPythonTool(service, name, args, options) };
  if (!isToolName(name)) return failed(RPC_INVALID_PARAMS, 'There is no tool of this name; see tools/list.');
  return { result: await callTool(service, name, pythonArguments(name, args), options) };
}

function failed(
  code: number,
  message: string,
  greeumCode: 'invalid_argument' | 'unknown_operation' | 'unauthorized' = 'invalid_argument',
): Outcome {
  return { error: { code, message, data: new GreeumError(greeumCode, message).toJSON() } };
}

function invalidRequest(message: string): JsonRpcResponse {
  return { jsonrpc: '2.0', id: null, ...(failed(RPC_INVALID_REQUEST, message) as { error: JsonRpcError }) };
}

function refusal(message: string): JsonRpcReply {
  return { status: 400, json: JSON.stringify(invalidRequest(message)) };
}

function isInvalid(response: JsonRpcResponse): boolean {
  return 'error' in response && response.error.code === RPC_INVALID_REQUEST;
}

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isId(value: unknown): value is JsonRpcId {
  return typeof value === 'string' || typeof value === 'number' || value === null;
}
