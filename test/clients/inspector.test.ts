/** The command line of MCP's inspector, over HTTP and stdio. Its installation is large, so `npm test` goes without. */

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Discovery } from '../../src/protocol/discovery.js';
import { TOOL_LIST } from '../../src/mcp/toolCall.js';
import { cliPath, scratchFolder, WorkerProcess } from '../support/greeumProcess.js';
import { installOnce, newerNode, npmInstall } from '../support/npmInstallation.js';

const NAME = '@modelcontextprotocol/inspector';
const VERSION = '2.12.0';

interface Answer {
  tools?: { name: string }[];
  resources?: { uri: string }[];
  prompts?: { name: string }[];
  content?: { text: string }[];
  isError?: boolean;
}

describe('the inspector', () => {
  let folder: ReturnType<typeof scratchFolder>;
  let worker: WorkerProcess;
  let inspect: (...args: string[]) => Promise<Answer>;
  const discovery = (): Discovery =>
    JSON.parse(readFileSync(path.join(folder.path, 'worker_state.json'), 'utf8')) as Discovery;

  before(async function () {
    this.timeout(600_000);
    const node = newerNode();
    if (node === null) return this.skip();
    const home = await installOnce(`inspector-${VERSION}-node-${node.version}`, (unfinished) =>
      npmInstall(unfinished, [`${NAME}@${VERSION}`, `${node.name}@${node.version}`]),
    );
    const script = path.join(home, 'node_modules', NAME, 'clients/launcher/build/index.js');
    inspect = async (...args) => JSON.parse(await run(node.pathIn(home), [script, '--cli', ...args])) as Answer;
    folder = scratchFolder();
    worker = await WorkerProcess.start(folder.path);
  });
  after(async () => {
    await worker.end('SIGKILL');
    folder.remove();
  });

  const doors: readonly [title: string, target: () => string[]][] = [
    ['over the capability URL', () => [discovery().endpoint ?? '', '--transport', 'http']],
    ['over HTTP with a token', () => withHeader(discovery().endpoint ?? '')],
    ['over stdio', () => [process.execPath, cliPath, 'mcp', 'serve', '--data-dir', folder.path]],
  ];
  for (const [title, target] of doors) {
    it(`lists what there is, adds and searches ${title}`, async () => {
      const { tools } = await inspect(...target(), '--method', 'tools/list');
      assert.deepEqual(
        tools?.map(({ name }) => name),
        TOOL_LIST.map(({ name }) => name),
      );
      const { resources } = await inspect(...target(), '--method', 'resources/list');
      assert.ok(resources?.some(({ uri }) => uri === 'greeum://slots'));
      const { prompts } = await inspect(...target(), '--method', 'prompts/list');
      assert.ok(prompts?.some(({ name }) => name === 'recall'));
      const call = ['--method', 'tools/call', '--tool-name'];
      const added = await inspect(...target(), ...call, 'add_memory', '--tool-arg', `content=seen ${title}`);
      assert.equal(added.isError, false);
      const found = await inspect(...target(), ...call, 'search_memory', '--tool-arg', `query=seen ${title}`);
      assert.match(found.content?.[0]?.text ?? '', new RegExp(`seen ${title}.*by inspector-cli`));
    });
  }
});

function withHeader(capabilityUrl: string): string[] {
  const [, token = ''] = new URL(capabilityUrl).pathname.split('/');
  const url = capabilityUrl.replace(`/${token}`, '');
  return [url, '--transport', 'http', '--header', `Authorization: Bearer ${token}`];
}

function run(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { timeout: 120_000 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${stdout}${stderr}`, { cause: error }));
    });
  });
}
