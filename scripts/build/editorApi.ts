import type { Plugin } from 'esbuild';
import { readFile } from 'node:fs/promises';

/**
 * `import * as vscode` means a copy of the API's hundreds of names for each module that says it: a third of the time in
 * which the extension loads. Here it means the API itself, which the bundle asks the editor for once.
 */
export const editorApi: Plugin = {
  name: 'editor-api',
  setup(build) {
    const whole = /^import \* as vscode from 'vscode';$/m;
    build.onLoad({ filter: /src[\\/]extension[\\/].*\.ts$/ }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      return { contents: text.replace(whole, "import vscode = require('vscode');"), loader: 'ts' };
    });
    const once = 'editor-api';
    build.onResolve({ filter: /^vscode$/ }, ({ namespace }) =>
      namespace === once ? { path: 'vscode', external: true } : { path: 'vscode', namespace: once },
    );
    build.onLoad({ filter: /.*/, namespace: once }, () => ({ contents: "module.exports = require('vscode');" }));
  },
};
