import assert from 'node:assert/strict';
import { speaksMcp } from '../../../../src/worker/endpoint/mcpRoute.js';

const call = { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'add_memory', arguments: {} } };
const modern = {
  ...call,
  params: { ...call.params, _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } },
};

describe('telling MCP from bare JSON-RPC', () => {
  for (const [what, headers, body] of [
    ['the protocol version header', { 'mcp-protocol-version': '2025-06-18' }, call],
    ['the method header', { 'mcp-method': 'tools/call' }, call],
    ['a session', { 'mcp-session-id': 'x' }, call],
    ['an Accept that names event streams', { accept: 'application/json, text/event-stream' }, call],
    ['the version in _meta', {}, modern],
    ['initialize', {}, { jsonrpc: '2.0', id: 1, method: 'initialize' }],
    ['server/discover', {}, { jsonrpc: '2.0', id: 1, method: 'server/discover' }],
    ['a notification of MCP', {}, { jsonrpc: '2.0', method: 'notifications/initialized' }],
    ['a batch with MCP headers', { 'mcp-protocol-version': '2025-03-26' }, [call]],
  ] as const) {
    it(`takes a request with ${what} for MCP`, () => assert.equal(speaksMcp(headers, body), true));
  }

  for (const [what, headers, body] of [
    ['a bare tools/call', {}, call],
    ['a bare tools/call that accepts JSON', { accept: 'application/json' }, call],
    ['a bare tools/call that accepts anything', { accept: '*/*' }, call],
    ['an operation of ours, whatever its headers', { accept: 'text/event-stream' }, { ...call, method: 'greeum/stop' }],
    ['other _meta', {}, { ...call, params: { _meta: { progressToken: 1 } } }],
    ['a bare batch', {}, [call]],
    ['null', {}, null],
    ['a number', {}, 5],
    ['params that are null', {}, { ...call, params: null }],
  ] as const) {
    it(`takes ${what} for JSON-RPC`, () => assert.equal(speaksMcp(headers, body), false));
  }
});
