import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, BrowserContext } from 'playwright-core';
import { packageVsix } from '../../scripts/package.js';
import { launchBrowser } from '../vscode/harness/chromium.js';
import { EditorServer } from '../vscode/harness/editorServer.js';
import { EditorWindow } from '../vscode/harness/editorWindow.js';
import { makeTempDir, projectRoot } from '../vscode/harness/paths.js';

export interface EditorOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  /** A folder is trusted when somebody says so; otherwise all are. */
  readonly asksForTrust?: boolean;
  /** Display language; English when left out. */
  readonly language?: string;
}

/** What a test of `describe` has at hand between its hooks. */
export interface Editor {
  /** The data directory of every window, empty when the `describe` begins. */
  readonly dataDir: string;
  readonly server: EditorServer;
  /** A new empty folder with a name fit for pictures; removed at the end. */
  newFolder(name: string): Promise<string>;
  /** A window on `folder`, or on a new empty one. It is closed after the test. */
  openWindow(folder?: string): Promise<EditorWindow>;
  /** One that stays for all tests of the `describe`, for its `before`: to open one takes 15 s. */
  openLastingWindow(folder: string): Promise<EditorWindow>;
}

/** Made once: every describe of a run installs the same package. */
let packaged: Promise<string> | undefined;

/**
 * Gives the tests of a `describe` a VS Code with the packaged extension installed: what ships is what is tested.
 * Call it in the body of the `describe`; the answer is usable inside hooks and tests.
 */
export function useEditor({ env = {}, ...options }: EditorOptions = {}): Editor {
  const folders: string[] = [];
  const open: EditorWindow[] = [];
  const lasting: EditorWindow[] = [];
  const started: { browser?: Browser; context?: BrowserContext; server?: EditorServer; dataDir?: string } = {};
  const newFolder = async (purpose: string): Promise<string> => {
    const folder = await makeTempDir(purpose);
    folders.push(folder);
    return folder;
  };

  before(async function () {
    this.timeout(180_000); // The very first run installs the editor.
    started.browser = await launchBrowser();
    started.dataDir = await newFolder('data');
    packaged ??= packageVsix(path.join(projectRoot, 'out/vsix'));
    const vsix = [await packaged];
    const ownEnv = { GREEUM_DATA_DIR: started.dataDir, ...env };
    started.server = await EditorServer.start({ ...options, env: ownEnv, vsix });
    // Otherwise a walkthrough takes the focus back a quarter of a second after a step was clicked.
    started.context = await started.browser.newContext({ reducedMotion: 'reduce' });
  });

  afterEach(async function () {
    const { state, title = 'failed' } = this.currentTest ?? {};
    // Without a state it has failed as well, and is tried again.
    const failed = state === 'failed' || state === undefined;
    for (const [index, window] of [...lasting, ...open.splice(0)].entries()) {
      if (window.page.isClosed()) continue;
      if (failed) await window.screenshot(`${title}-${index + 1}`);
      if (!lasting.includes(window)) await window.close();
      // What is still open would be in the way of the second try.
      else if (failed) await window.page.keyboard.press('Escape');
    }
  });

  after(async function () {
    for (const window of lasting) await window.close();
    await started.browser?.close();
    await started.server?.stop();
    for (const folder of folders) await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  });

  const openWindow = (folder: string): Promise<EditorWindow> =>
    EditorWindow.open(present(started.context), present(started.server), folder);

  return {
    get dataDir() {
      return present(started.dataDir);
    },
    get server() {
      return present(started.server);
    },
    async newFolder(name) {
      const folder = path.join(await newFolder('project'), name);
      await mkdir(folder);
      return folder;
    },
    async openWindow(folder) {
      const window = await openWindow(folder ?? (await newFolder('workspace')));
      open.push(window);
      return window;
    },
    async openLastingWindow(folder) {
      const window = await openWindow(folder);
      lasting.push(window);
      return window;
    },
  };
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('The editor runs only inside the tests of the describe that asked for it.');
  return value;
}
