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
  const { content } = await vscode.lm.invokeTool(found.name, { input, toolInvocationToken: undefined });
  return content
    .map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : JSON.stringify(part)))
    .join('\n');
}
