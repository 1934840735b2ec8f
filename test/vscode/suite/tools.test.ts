import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import path from 'node:path';
import * as vscode from 'vscode';
import type * as Features from '../../../src/extension/features.js';
import { LANGUAGE_MODEL_TOOLS, type LanguageModelToolName } from '../../../src/extension/ids.js';
import { services, waitForStatus } from './editor.js';
import { storedMemory } from './memoryFile.js';

const { search, remember } = LANGUAGE_MODEL_TOOLS;
const HOSTILE = '[ibex](command:workbench.action.closeWindow) <b>**climbs**</b> $(bug)';

describe('the language model tools', () => {
  before(() => waitForStatus(/^State of this window +owner$/m));

  it('are offered to every agent of the editor, by the names that prompts use', () => {
    for (const name of Object.values(LANGUAGE_MODEL_TOOLS)) {
      const tool = vscode.lm.tools.find((each) => each.name === name);
      assert.ok(tool, name);
      assert.ok(tool.description.length > 0 && tool.inputSchema !== undefined);
    }
  });

  it('ask in words that show what an agent wants, and run nothing of it', async () => {
    const remembering = await prepare(remember, { content: HOSTILE, tags: ['goats'] });
    assert.equal(remembering.confirmationMessages?.title, 'Remember this?');
    assert.match(messageOf(remembering), /ibex.*goats.*memory folder/s);
    const searching = await prepare(search, { query: HOSTILE });
    assert.equal(searching.confirmationMessages?.title, 'Search memories?');
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(messageOf(searching).replaceAll('\\', '').includes(`in memories of ${folder?.name} and of no project`));
    assert.match(messageOf(await prepare(search, { query: 'ibex', everything: true })), /in all memories/);
    for (const prepared of [remembering, searching]) {
      const { message } = prepared.confirmationMessages ?? {};
      assert.ok(message instanceof vscode.MarkdownString);
      assert.ok(message.isTrusted !== true && message.supportThemeIcons !== true && message.supportHtml !== true);
      assert.doesNotMatch(message.value, /(?<!\\)\[ibex|(?<!\\)<b>|(?<!\\)\*\*climbs/);
    }
  });

  it('keep what an agent says, with where it comes from, and find it again', async () => {
    const kept = await invoke(remember, { content: 'The ibex climbs the dam of Cingino.', tags: ['goats'] });
    const blockIndex = Number(/#(\d+)/.exec(kept)?.[1]);
    assert.ok(Number.isInteger(blockIndex), kept);
    await vscode.commands.executeCommand('greeum.flushToDisk');
    const stored = storedMemory(blockIndex);
    assert.equal(stored?.context, 'The ibex climbs the dam of Cingino.');
    assert.equal(stored.metadata['source'], 'vscode');
    assert.match(await invoke(search, { query: 'ibex dam', limit: 3 }), /climbs the dam of Cingino/);
  });

  it('say why they fail: the sentence, the code, and that nothing was written', async () => {
    await assert.rejects(invoke(remember, { content: ' \n ' }), /[a-z]+.*\. .*\(empty_content, not written\)/);
    await assert.rejects(invoke(search, { query: ' ' }), /\(empty_query, not written\)/);
  });

  it('stop when the agent gives up, and say so', async () => {
    const giveUp = new vscode.CancellationTokenSource();
    giveUp.cancel();
    await assert.rejects(invoke(search, { query: 'ibex' }, giveUp.token), /cancel/i);
  });
});

async function invoke(name: LanguageModelToolName, input: object, token?: vscode.CancellationToken): Promise<string> {
  const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined }, token);
  return content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('\n');
}

/** What the editor is told before it lets an agent use the tool. */
async function prepare(name: LanguageModelToolName, input: object): Promise<vscode.PreparedToolInvocation> {
  const parts = await services();
  // The very module that the extension uses, and not a copy in this bundle.
  const features = createRequire(__filename)(path.join(parts.extension.path, 'dist/features.js')) as typeof Features;
  const tool = features.languageModelTool(name, parts);
  const prepared = await tool.prepareInvocation?.({ input }, new vscode.CancellationTokenSource().token);
  assert.ok(prepared);
  return prepared;
}

function messageOf({ confirmationMessages }: vscode.PreparedToolInvocation): string {
  const { message = '' } = confirmationMessages ?? {};
  return typeof message === 'string' ? message : message.value;
}
