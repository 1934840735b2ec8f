import assert from 'node:assert/strict';
import { build } from 'esbuild';
import path from 'node:path';
import vm from 'node:vm';
import { bundleOptions } from '../../../scripts/build/bundle.js';
import { COMMANDS, VIEWS } from '../../../src/extension/ids.js';

describe('the extension in a browser without Node', () => {
  it('needs nothing of Node, and says why it can do nothing here whenever it is asked', async () => {
    const code = await bundled();
    const said: string[] = [];
    const registered = new Map<string, () => Promise<void>>();
    const views: string[] = [];
    const editor = {
      l10n: { t: (text: string) => text },
      commands: {
        registerCommand: (id: string, run: () => Promise<void>) => {
          registered.set(id, run);
          return { dispose: () => undefined };
        },
        executeCommand: () => Promise.resolve(),
      },
      window: {
        registerTreeDataProvider: (id: string) => {
          views.push(id);
          return { dispose: () => undefined };
        },
        showInformationMessage: (text: string) => Promise.resolve(void said.push(text)),
      },
    };
    const module = { exports: {} as { activate(context: object): void } };
    const require = (name: string): object => {
      assert.equal(name, 'vscode');
      return editor;
    };
    vm.runInNewContext(code, { module, exports: module.exports, require });
    module.exports.activate({ subscriptions: [] });
    assert.deepEqual([...registered.keys()].sort(), Object.values(COMMANDS).sort());
    assert.deepEqual(views.sort(), Object.values(VIEWS).sort());
    await registered.get(COMMANDS.addMemory)?.();
    assert.match(said.join(), /runs in a browser/);
  });
});

async function bundled(): Promise<string> {
  const all = bundleOptions({ outdir: '/nowhere', minify: true });
  const web = all.find(({ entryPoints = {} }) => 'web' in entryPoints);
  assert.ok(web);
  const { outputFiles } = await build({ ...web, write: false });
  return outputFiles?.find(({ path: file }) => path.basename(file) === 'web.js')?.text ?? '';
}
