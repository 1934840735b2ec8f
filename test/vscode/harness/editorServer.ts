import { execFile } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { ensureCodeServer } from './codeServer.js';
import type { CodeServer } from './codeServer.js';
import { makeTempDir } from './paths.js';
import { startTree, stopTree } from './processes.js';
import { waitFor } from './waitFor.js';

export interface EditorServerOptions {
  /** Set in the server and so in every extension host. `GREEUM_*` of the caller is not passed on. */
  readonly env?: Readonly<Record<string, string>>;
  /** Settings of every window (the machine's settings file). */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** `.vsix` files to install before the first window opens. */
  readonly vsix?: readonly string[];
  /**
   * Makes the built workbench honour the `payload` of an address, which running a suite needs. It also keeps
   * notifications and dialogs from showing, so windows that are used as a person uses them are without it.
   */
  readonly testDriver?: boolean;
  /** A folder is trusted when somebody says so; otherwise all are. */
  readonly asksForTrust?: boolean;
  /** Display language, `ko` for instance. The editor's own words stay English; those of extensions are in it. */
  readonly language?: string;
}

/** A running VS Code server: windows are pages of it, and each has an extension host below it. */
export class EditorServer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly home: string,
    readonly port: number,
    private readonly output: () => string,
  ) {}

  /** Resolves when windows can be opened. Everything it writes goes into a temporary folder of its own. */
  static async start(options: EditorServerOptions = {}): Promise<EditorServer> {
    const codeServer = await ensureCodeServer();
    const home = await makeTempDir('editor');
    const folders = [
      `--server-data-dir=${path.join(home, 'data')}`,
      `--extensions-dir=${path.join(home, 'extensions')}`,
    ];
    await writeSettings(home, options.settings ?? {});
    if (options.language !== undefined) await writeLanguagePack(home, options.language);
    for (const vsix of options.vsix ?? []) await installVsix(codeServer, folders, vsix);

    const flags = [
      ...serverFlags,
      ...(options.testDriver === true ? ['--enable-smoke-test-driver'] : []),
      ...(options.asksForTrust === true ? [] : ['--disable-workspace-trust']),
      ...(options.language === undefined ? [] : [`--locale=${options.language}`]),
    ];
    const child = startTree(codeServer.node, [codeServer.serverMain, ...folders, ...flags], {
      env: { ...withoutOwnSettings(process.env), ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (output += text));
    }
    try {
      const port = await listeningPort(child, () => output);
      return new EditorServer(child, home, port, () => output);
    } catch (error) {
      await stopTree(child);
      await rm(home, { recursive: true, force: true });
      throw error;
    }
  }

  /** What the server and its extension hosts printed so far. */
  get log(): string {
    return this.output();
  }

  /**
   * Address of a window on a folder, on a `.code-workspace`, or on nothing (null). `payload` is read with `testDriver`
   * only.
   */
  urlOf(opened: string | null, payload: readonly (readonly [string, string])[] = []): string {
    const url = new URL(`http://127.0.0.1:${this.port}/`);
    if (opened === null) url.searchParams.set('ew', 'true');
    else url.searchParams.set(opened.endsWith('.code-workspace') ? 'workspace' : 'folder', uriPath(opened));
    if (payload.length > 0) url.searchParams.set('payload', JSON.stringify(payload));
    return url.href;
  }

  /** A path of this machine as the workbench in the browser names it. */
  remoteUri(file: string): string {
    return `vscode-remote://127.0.0.1:${this.port}${uriPath(file)}`;
  }

  /** Process ids of the extension hosts that live now, one per open window: the server announces both their ends. */
  extensionHosts(): number[] {
    const alive = new Set<number>();
    for (const [, pid, event] of this.log.matchAll(/<(\d+)> (Launched Extension|Extension Host Process exited)/g)) {
      if (event?.startsWith('Launched')) alive.add(Number(pid));
      else alive.delete(Number(pid));
    }
    return [...alive];
  }

  /** Ends the server with all its extension hosts and removes what it wrote. */
  async stop(): Promise<void> {
    await stopTree(this.child);
    await rm(this.home, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** The port that the server chose and announced, once it answers there. */
async function listeningPort(child: ChildProcess, output: () => string): Promise<number> {
  const ended = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The VS Code server ended with exit code ${code}:\n${output()}`)));
  });
  // The server's end later on is not a failure of anybody who waits here.
  ended.catch(() => undefined);
  const listening = waitFor('VS Code server to listen', async () => {
    const port = /listening on (\d+)/.exec(output())?.[1];
    return port !== undefined && (await fetch(`http://127.0.0.1:${port}/version`)).ok && Number(port);
  });
  return Promise.race([listening, ended]);
}

const serverFlags = [
  '--host=127.0.0.1',
  '--port=0',
  '--without-connection-token',
  '--accept-server-license-terms',
  '--disable-telemetry',
  '--disable-experiments',
  // A login shell of the machine must not add to the environment of the tests.
  '--force-disable-user-env',
  // A closed page is a closed window: nobody comes back for its extension host.
  '--reconnection-grace-time=0',
];

/** Windows that need no one: nothing to welcome, to update or to sign in to. */
const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.tips.enabled': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
};

async function writeSettings(home: string, settings: Readonly<Record<string, unknown>>): Promise<void> {
  const folder = path.join(home, 'data/data/Machine');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'settings.json'), JSON.stringify({ ...quietSettings, ...settings }, null, 2));
}

/**
 * An editor has a display language when a language pack for it is installed. Those come from the marketplace alone, so
 * this one is registered as an installation would do it, and translates nothing of the editor itself.
 */
async function writeLanguagePack(home: string, language: string): Promise<void> {
  const folder = path.join(home, 'data/data');
  const translations = path.join(home, 'languagePack.json');
  await writeFile(translations, JSON.stringify({ version: '1.0.0', contents: {} }));
  const extension = { extensionIdentifier: { id: `tests.language-pack-${language}` }, version: '1.0.0' };
  const pack = { hash: 'tests', extensions: [extension], translations: { vscode: translations }, label: language };
  await writeFile(path.join(folder, 'languagepacks.json'), JSON.stringify({ [language]: pack }));
}

async function installVsix(codeServer: CodeServer, folders: readonly string[], vsix: string): Promise<void> {
  const args = [codeServer.serverMain, ...folders, '--accept-server-license-terms', '--install-extension', vsix];
  await promisify(execFile)(codeServer.node, args);
}

function withoutOwnSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('GREEUM_')));
}

function uriPath(file: string): string {
  const slashes = file.replaceAll(path.sep, '/');
  return slashes.startsWith('/') ? slashes : `/${slashes}`;
}
