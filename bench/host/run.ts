/** Benchmarks that run in the extension host of a new window. */

import path from 'node:path';

import { runInExtensionHost } from '../../test/vscode/harness/extensionHostSuite.js';
import { bundleForHost } from '../../test/vscode/harness/hostBundle.js';
import { projectRoot } from '../../test/vscode/harness/paths.js';

/**
 * Runs `inHost.ts` of a folder.
 * @param more programs of the folder that it starts, by name without ending
 * @returns the exit code
 */
export async function runInHost(
  folder: string,
  env: Readonly<Record<string, string>>,
  more: readonly string[] = [],
): Promise<number> {
  const outDir = path.join(projectRoot, 'out/bench', path.basename(folder));
  await bundleForHost(
    ['inHost', ...more].map((name) => path.join(folder, `${name}.ts`)),
    outDir,
  );
  return runInExtensionHost({
    extensionDevelopmentPath: projectRoot,
    extensionTestsPath: path.join(outDir, 'inHost.js'),
    // The editor of a remote machine looks for open ports every two seconds, and starts a process of its own for that:
    // up to 18 ms of the host's thread, and nothing of ours.
    settings: { 'remote.autoForwardPorts': false },
    env,
  });
}
