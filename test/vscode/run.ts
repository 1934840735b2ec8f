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
  for (const kind of Object.keys(WINDOWS) as WindowKind[]) {
    const dataDir = await makeTempDir('data');
    try {
      const code = await runSuite({
        extensionDevelopmentPath: projectRoot,
        extensionTestsPath: path.join(suiteDir, 'index.js'),
        env: {
          GREEUM_DATA_DIR: dataDir,
          GREEUM_TEST_WINDOW: kind,
          ...(title === undefined ? {} : { GREEUM_TEST_TITLE: title }),
        },
        ...WINDOWS[kind],
      });
      if (code !== 0) process.exitCode = code;
    } finally {
      await rm(dataDir, { recursive: true, force: true, maxRetries: 3 });
    }
  }
}

/** By the ending of the names of the files that run there: `.test.ts`, `.several.ts`, `.none.ts`. */
const WINDOWS = { test: {}, several: { folders: ['shop', 'kitchen'] }, none: { folders: [] } } as const;
type WindowKind = keyof typeof WINDOWS;

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
  folders?: readonly string[];
}

async function runSuite({ env, folders, ...paths }: SuiteRun): Promise<number> {
  const desktop = process.env['GREEUM_TEST_DESKTOP'];
  if (desktop === undefined || desktop === '' || desktop === '0') {
    return runInExtensionHost({ ...paths, env, ...(folders && { folders }) });
  }
  // A desktop editor is started on one folder; what differs by the folders is tested in the other.
  if (folders !== undefined) return 0;

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
