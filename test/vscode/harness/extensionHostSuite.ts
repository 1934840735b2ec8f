import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format } from 'node:util';
import type { Browser } from 'playwright-core';
import { suiteMark } from '../suiteMark.js';
import { launchBrowser } from './chromium.js';
import { EditorServer } from './editorServer.js';
import { makeTempDir, screenshotPath } from './paths.js';

export interface ExtensionHostSuite {
  /** Folder of the extension under test. */
  readonly extensionDevelopmentPath: string;
  /** A CommonJS module with an async `run()` that rejects when a test fails. */
  readonly extensionTestsPath: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly timeoutMs?: number;
  /** Names of the folders of the window: several, or none at all. Default: one that is empty, of any name. */
  readonly folders?: readonly string[];
}

/** Runs the suite in the extension host of a new window. Returns its exit code, 0 for success. */
export async function runInExtensionHost(suite: ExtensionHostSuite): Promise<number> {
  // The browser first: it is what a machine may lack, and saying so must not wait for an installation.
  const browser = await launchBrowser();
  const workspace = await makeTempDir('workspace');
  try {
    const server = await EditorServer.start({ env: suite.env ?? {}, settings: suite.settings ?? {}, testDriver: true });
    try {
      return await openAndWait(browser, server, await windowOf(workspace, suite.folders), suite);
    } finally {
      await server.stop();
    }
  } finally {
    await browser.close();
    await rm(workspace, { recursive: true, force: true });
  }
}

/** What to open. */
async function windowOf(place: string, folders: readonly string[] | undefined): Promise<string | null> {
  if (folders === undefined) return place;
  if (folders.length === 0) return null;
  for (const folder of folders) await mkdir(path.join(place, folder));
  const file = path.join(place, 'several.code-workspace');
  await writeFile(file, JSON.stringify({ folders: folders.map((folder) => ({ path: folder })) }));
  return file;
}

async function openAndWait(
  browser: Browser,
  server: EditorServer,
  opened: string | null,
  suite: ExtensionHostSuite,
): Promise<number> {
  const { timeoutMs = 10 * 60_000 } = suite;
  const page = await browser.newPage();
  const workbenchLog: string[] = [];
  await page.exposeFunction('codeAutomationLog', (_type: string, args: unknown[]) => {
    const line = format(...args);
    if (line.startsWith(suiteMark)) console.log(line.slice(suiteMark.length));
    else workbenchLog.push(line);
  });
  const exitCode = new Promise<number>((resolve, reject) => {
    setTimeout(reject, timeoutMs, new Error(`The suite did not end within ${timeoutMs} ms`)).unref();
    page.once('crash', () => reject(new Error('The page of the workbench crashed')));
    page.exposeFunction('codeAutomationExit', (code: number) => resolve(code)).catch(reject);
  });
  try {
    const payload = [
      ['extensionDevelopmentPath', server.remoteUri(suite.extensionDevelopmentPath)],
      ['extensionTestsPath', server.remoteUri(suite.extensionTestsPath)],
    ] as const;
    const [code] = await Promise.all([exitCode, page.goto(server.urlOf(opened, payload))]);
    return code;
  } catch (error) {
    const picture = await screenshotPath('suite-failed');
    // A crashed page has no picture; the error that brought us here is the one to tell.
    await page.screenshot({ path: picture }).catch(() => undefined);
    const lastLines = workbenchLog.slice(-50).join('\n');
    console.error(`The window as it was: ${picture}\nThe workbench:\n${lastLines}\nThe server:\n${server.log}`);
    throw error;
  }
}
