import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { name, publisher } from '../../../package.json';
import { run, waitForStatus } from './editor.js';
import { waitFor } from '../harness/waitFor.js';

/** Identifier of the extension in lower case, then the label of its server. */
const SERVER = `${`${publisher}.${name}`.toLowerCase()}/Greeum`;

describe("the editor's own MCP client", () => {
  before(async () => {
    await waitForStatus(/^State of this window +owner$/m);
    await waitFor('the tools of the server', async () => {
      await run('workbench.mcp.startServer', SERVER, { autoTrustChanges: true, waitForLiveTools: true });
      return toolNamed('add_memory') !== undefined;
    });
  });

  it('finds the tools of the worker', () => {
    const wanted = ['add_memory', 'search_memory', 'get_memory', 'list_memories', 'worker_status'];
    assert.deepEqual(
      wanted.filter((tool) => toolNamed(tool) === undefined),
      [],
    );
  });

  it('adds a memory and finds it again', async () => {
    const added = await invoke('add_memory', { content: 'An agent of the editor chose zebra stripes.' });
    assert.match(added, /"block_index"|block #?\d+/);
    const found = await invoke('search_memory', { query: 'zebra stripes' });
    assert.match(found, /zebra stripes/);
  });
});

function toolNamed(tool: string): vscode.LanguageModelToolInformation | undefined {
  return vscode.lm.tools.find((candidate) => /greeum/i.test(candidate.name) && candidate.name.endsWith(`_${tool}`));
}

async function invoke(tool: string, input: object): Promise<string> {
  const found = toolNamed(tool);
  assert.ok(found, tool);
  return call(found.name, input);
}

async function call(tool: string, input: object): Promise<string> {
  const { content } = await vscode.lm.invokeTool(tool, { input, toolInvocationToken: undefined });
  return content
    .map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : JSON.stringify(part)))
    .join('\n');
}

describe('the language model tools', () => {
  it('remember, and find it again', async () => {
    const names = vscode.lm.tools.map(({ name: each }) => each);
    assert.ok(names.includes('greeum_search') && names.includes('greeum_remember'), names.join(', '));
    const remembered = await call('greeum_remember', {
      content: 'The zeppelin hangar opens at dawn.',
      tags: ['hangar'],
    });
    assert.match(remembered, /Memory Successfully Added/);
    const found = await call('greeum_search', { query: 'zeppelin hangar', limit: 3 });
    assert.match(found, /Found \d+ memories:[^]*opens at dawn/);
  });

  it('say in words what was wrong', async () => {
    await assert.rejects(call('greeum_remember', { content: '   ' }), /text/i);
  });
});
