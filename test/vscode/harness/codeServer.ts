import path from 'node:path';
import { installOnce, newerNode, npmInstall } from '../../support/npmInstallation.js';

/**
 * A whole VS Code from npm: workbench, server and extension host, without a desktop and without a download site.
 * code-server 4.139.1 is VS Code 1.139.1.
 */
const editorVersion = '4.139.1';

export interface CodeServer {
  /** The Node that runs the server and its extension hosts. */
  readonly node: string;
  /** VS Code's own server script (not code-server's wrapper). */
  readonly serverMain: string;
}

/** The installed editor; installed first where it is missing (about 30 s and 750 MB, once). */
export async function ensureCodeServer(): Promise<CodeServer> {
  const node = newerNode();
  if (node === null) {
    throw new Error(`No Node 24 is known on npm for ${process.platform}; set GREEUM_TEST_DESKTOP=1.`);
  }
  const folder = await installOnce(`code-server-${editorVersion}-node-${node.version}`, async (unfinished) => {
    await npmInstall(unfinished, [`code-server@${editorVersion}`, `${node.name}@${node.version}`]);
    await npmInstall(path.join(unfinished, vscodeFolder), ['--omit=dev']);
    await npmInstall(path.join(unfinished, vscodeFolder, 'extensions'), ['--omit=dev']);
  });
  return { node: node.pathIn(folder), serverMain: path.join(folder, vscodeFolder, 'out/server-main.js') };
}

const vscodeFolder = 'node_modules/code-server/lib/vscode';
