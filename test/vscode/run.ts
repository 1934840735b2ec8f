import { runTests } from '@vscode/test-electron';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { runInExtensionHost } from './harness/extensionHostSuite.js';
import { bundleForHost } from './harness/hostBundle.js';
import { makeTempDir, projectRoot } from './harness/paths.js';

/**
 * `npm run test:vscode`: the suite in a real extension host; `-- TITLE` runs what has that in its title.
 * `GREEUM_TEST_DESKTOP=1` downloads a desktop VS Code for
 * it (`=1.101.0`: that version); otherwise the editor comes from npm and its window is a page of a headless browser.
 */
async function main(): Promise<void> {
  const [title] = process.argv.slice(2);
  await bundleSuite();
  const dataDir = await makeTempDir('data');
  try {
    process.exitCode = await runSuite({
      extensionDevelopmentPath: projectRoot,
      extensionTestsPath: path.join(suiteDir, 'index.js'),
      env: { GREEUM_DATA_DIR: dataDir, ...(title === undefined ? {} : { GREEUM_TEST_TITLE: title }) },
    });
  } finally {
    await rm(dataDir, { recursive: true, force: true, maxRetries: 3 });
  }
}

const suiteDir = path.join(projectRoot, 'out/test/vscode/suite');

async function bundleSuite(): Promise<void> {
  const sources = path.join(projectRoot, 'test/vscode/suite');
  const files = (await readdir(sources)).map((file) => path.join(sources, file));
  await bundleForHost(files, suiteDir);
}

interface SuiteRun {
  extensionDevelopmentPath: string;
  extensionTestsPath: string;
  env: Record<string, string>;
}

async function runSuite({ env, ...paths }: SuiteRun): Promise<number> {
  const desktop = process.env['GREEUM_TEST_DESKTOP'];
  if (desktop === undefined || desktop === '' || desktop === '0') return runInExtensionHost({ ...paths, env });

  const home = await makeTempDir('desktop');
  try {
    return await runTests({
      ...paths,
      version: desktop === '1' ? 'stable' : desktop,
      extensionTestsEnv: env,
      launchArgs: [home, '--disable-workspace-trust', `--user-data-dir=${home}/user`, `--extensions-dir=${home}/ext`],
    });
  } finally {
    await rm(home, { recursive: true, force: true, maxRetries: 3 });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
