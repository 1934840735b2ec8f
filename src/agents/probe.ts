/** Starts a server as an agent would and asks it for its tools: the proof that a configuration works. */

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { GreeumError } from '../protocol/errors.js';
import type { ServerCommand } from './agents.js';

const PROTOCOL = '2025-06-18';
const INITIALIZE = 1;
const LIST_TOOLS = 2;

/**
 * @returns the names of the tools
 * @throws GreeumError `worker_unreachable` with what went wrong
 */
export async function probeServer({ command, args, env }: ServerCommand, timeoutMs: number): Promise<string[]> {
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  const signal = AbortSignal.timeout(timeoutMs);
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints = (complaints + text).slice(-2000)));
  // A server that ends before it is asked breaks the pipe; `exit` tells the same with a reason.
  child.stdin.on('error', () => undefined);
  try {
    return await new Promise<string[]>((resolve, reject) => {
      const fail = (why: string): void => reject(failure(why, complaints));
      child.once('error', (error) => fail(error.message));
      child.once('exit', (code) => fail(`it ended with exit code ${code}`));
      signal.addEventListener('abort', () => fail(`no answer in ${timeoutMs / 1000} s`));
      converse(child.stdin, child.stdout, resolve, fail);
    });
  } finally {
    child.removeAllListeners('exit');
    child.stdin.end();
    child.kill();
  }
}

interface Reply {
  id?: unknown;
  result?: { tools?: { name: string }[] };
  error?: { message?: string };
}

function converse(
  input: NodeJS.WritableStream,
  output: NodeJS.ReadableStream,
  resolve: (tools: string[]) => void,
  fail: (why: string) => void,
): void {
  const send = (message: object): boolean => input.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  createInterface({ input: output }).on('line', (line) => {
    const { id, result, error } = parseReply(line);
    if (error !== undefined) fail(error.message ?? 'it answered with an error');
    if (id === INITIALIZE && result !== undefined) {
      send({ method: 'notifications/initialized' });
      send({ id: LIST_TOOLS, method: 'tools/list', params: {} });
    }
    if (id === LIST_TOOLS && result !== undefined) resolve((result.tools ?? []).map(({ name }) => name));
  });
  const clientInfo = { name: 'greeum-connection-test', version: '1' };
  send({
    id: INITIALIZE,
    method: 'initialize',
    params: { protocolVersion: PROTOCOL, capabilities: {}, clientInfo },
  });
}

function parseReply(line: string): Reply {
  try {
    return JSON.parse(line) as Reply;
  } catch {
    // A line of something else on the output, such as a warning of a shell's start-up file, is no answer.
    return {};
  }
}

function failure(why: string, complaints: string): GreeumError {
  const said = complaints.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
  return new GreeumError('worker_unreachable', `The server did not answer as an agent would expect: ${why}.`, {
    hint: said === '' ? 'See the log of the Greeum output channel.' : `It said: ${said}`,
  });
}
