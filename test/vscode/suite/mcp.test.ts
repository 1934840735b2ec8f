import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import { name, publisher } from '../../../package.json';
import type { Discovery } from '../../../src/protocol/discovery.js';
import { run, waitForStatus } from './editor.js';
import { waitFor } from '../harness/waitFor.js';

const ADDED = /"status":"added"/;
const EXTENSION = `${publisher}.${name}`;

/** So many that an import of them takes longer than it takes to give it up. */
const MANY_NOTES = 5_000;

/** How the editor reaches the worker, and what is remembered that way. */
const ANIMALS = { 'the way that the extension offers': 'zebra', HTTP: 'okapi', stdio: 'tapir' } as const;
type Way = keyof typeof ANIMALS;

describe("the editor's own MCP client", () => {
  before(() => waitForStatus(/^State of this window +owner$/m));
  after(async () => {
    await vscode.workspace.fs.delete(configuration());
    // The server over stdio may have become the owner; it ends with its configuration.
    await waitForStatus(/^State of this window +owner$/m);
  });

  for (const way of Object.keys(ANIMALS) as Way[]) describe(`over ${way}`, () => suiteOf(way));
});

function suiteOf(way: Way): void {
  const animal = ANIMALS[way];
  /** The editor puts it before the names of this server's tools. */
  let prefix: string;
  const invoke = (tool: string, input: object, token?: vscode.CancellationToken): Promise<string> =>
    invokeTool(prefix + tool, input, token);
  /** Which of these texts the latest memories do not have. */
  const missing = async (texts: readonly string[]): Promise<string[]> => {
    const listed = await invoke('list_memories', { limit: 20 });
    return texts.filter((text) => !listed.includes(text));
  };

  before(async () => {
    const others = prefixes();
    await configure(way);
    prefix = await waitFor('the tools of the server', async () => {
      await run('workbench.mcp.startServer', '*', { autoTrustChanges: true, waitForLiveTools: true });
      return prefixes().find((candidate) => !others.includes(candidate));
    });
  });

  it('finds the tools of the worker', () => {
    const wanted = ['add_memory', 'search_memory', 'get_memory', 'list_memories', 'worker_status', 'import_memories'];
    assert.deepEqual(
      wanted.filter((tool) => !toolNames().includes(prefix + tool)),
      [],
    );
  });

  it('adds a memory and finds it again', async () => {
    const added = await invoke('add_memory', { content: `An agent chose ${animal} stripes.`, allow_duplicate: true });
    assert.match(added, ADDED);
    const found = await invoke('search_memory', { query: `${animal} stripes` });
    assert.match(found, new RegExp(`chose ${animal} stripes`));
  });

  it('makes many calls at once, and reads why one fails', async () => {
    const texts = Array.from({ length: 10 }, (_, number) => `Stripe ${number} of the ${animal} is drawn.`);
    await Promise.all(texts.map((content) => invoke('add_memory', { content, allow_duplicate: true })));
    assert.deepEqual(await missing(texts), []);
    assert.match(await invoke('add_memory', { content: ' ' }), /"code":"empty_content"/);
  });

  it('gives up an import under way, which ends, and goes on', async () => {
    const notes = Array.from({ length: MANY_NOTES }, (_, number) => `feather ${number} of the ${animal}`);
    const text = notes.map((note) => `- ${note}`).join('\n');
    const giveUp = new vscode.CancellationTokenSource();
    const rejected = assert.rejects(invoke('import_memories', { text, format: 'markdown' }, giveUp.token));
    await waitFor('the import to be under way', async () =>
      /feather/.test(await invoke('list_memories', { limit: 1 })),
    );
    giveUp.cancel();
    await rejected;
    const add = async (content: string): Promise<number> =>
      Number(/"block_index":(\d+)/.exec(await invoke('add_memory', { content, allow_duplicate: true }))?.[1]);
    await waitFor('two memories without a note between them', async () => {
      const first = await add(`The ${animal} is counted.`);
      return (await add(`The ${animal} is counted again.`)) === first + 1;
    });
    const last = notes.slice(-1);
    assert.deepEqual(await missing(last), last);
  });

  it('takes in notes', async () => {
    const text = Array.from({ length: 450 }, (_, number) => `- hoof ${number} of the ${animal}`).join('\n');
    assert.match(await invoke('import_memories', { text, format: 'markdown' }), /"added":450\b/);
  });

  it('loses nothing that was acknowledged when the worker goes in the middle of its calls, and goes on', async () => {
    const texts = Array.from({ length: 10 }, (_, number) => `Mane ${number} of the ${animal} is combed.`);
    const adding = Promise.allSettled(texts.map((content) => invoke('add_memory', { content, allow_duplicate: true })));
    await run('greeum.restartWorker');
    const outcomes = await adding;
    // A server over stdio whose worker goes becomes the owner itself, when it is faster than the window.
    await waitForStatus(/^State of this window +(owner|client)$/m);
    const acknowledged = texts.filter((_, index) => {
      const outcome = outcomes[index];
      return outcome?.status === 'fulfilled' && ADDED.test(outcome.value);
    });
    await waitFor('an answer of the next owner', async () => (await missing(acknowledged)).length === 0);
    assert.match(
      await invoke('add_memory', { content: `The ${animal} has a new keeper.`, allow_duplicate: true }),
      ADDED,
    );
  });
}

function configuration(): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (folder === undefined) throw new Error('The suite runs in a window with a folder.');
  return vscode.Uri.joinPath(folder.uri, '.vscode/mcp.json');
}

/** The servers as a person with the token, and `greeum agents connect`, would write them. */
async function configure(way: Way): Promise<void> {
  const dataDir = process.env['GREEUM_DATA_DIR'] ?? '';
  const { endpoint } = JSON.parse(readFileSync(path.join(dataDir, 'worker_state.json'), 'utf8')) as Discovery;
  const cli = path.join(vscode.extensions.getExtension(EXTENSION)?.extensionPath ?? '', 'dist/cli.js');
  const http = { viahttp: { type: 'http', url: endpoint } };
  const stdio = {
    viastdio: { command: process.execPath, args: [cli, 'mcp', 'serve', '--data-dir', dataDir] },
  };
  const servers = { ...(way === 'the way that the extension offers' ? {} : http), ...(way === 'stdio' ? stdio : {}) };
  await vscode.workspace.fs.writeFile(configuration(), Buffer.from(JSON.stringify({ servers })));
}

function toolNames(): string[] {
  return vscode.lm.tools.map(({ name: tool }) => tool);
}

/** One for each of our servers that runs. */
function prefixes(): string[] {
  const suffix = 'add_memory';
  return toolNames()
    .filter((tool) => tool.startsWith('mcp_') && tool.endsWith(suffix))
    .map((tool) => tool.slice(0, -suffix.length));
}

async function invokeTool(tool: string, input: object, token?: vscode.CancellationToken): Promise<string> {
  const { content } = await vscode.lm.invokeTool(tool, { input, toolInvocationToken: undefined }, token);
  return content
    .map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : JSON.stringify(part)))
    .join('\n');
}
