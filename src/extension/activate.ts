// First, because it times the others.
import { countProcessorTime, sinceLoad } from './processorTime.js';
import type * as vscode from 'vscode';
import { WorkerHost } from '../client/workerHost.js';
import { GreeumError } from '../protocol/errors.js';
import { VERSION } from '../protocol/version.js';
import { CompanionCli } from './cli/companionCli.js';
import { registerCommands } from './commands.js';
import { DocumentFeatures } from './documentFeatures.js';
import { Documents } from './documents.js';
import { Log } from './log.js';
import { McpProvider } from './mcpProvider.js';
import { Scope } from './scope.js';
import { Settings } from './settings.js';
import { StoredState } from './state.js';
import { StatusBar } from './statusBar.js';
import { Troubles } from './troubles.js';
import { Views } from './views/views.js';
import { WorkerSession } from './workerSession.js';

/** The editor ends the extension host soon after; what is acknowledged by then is on disk anyway. */
const DEACTIVATE_WITHIN_MS = 2000;

/** Processor time of loading: between that and `activate` the editor does other work. */
const loadMs = sinceLoad();

let session: WorkerSession | undefined;

/** Wires the parts together; what they do is theirs. The worker starts after this has returned. */
export function activate(context: vscode.ExtensionContext): void {
  const sinceActivate = countProcessorTime();
  const log = new Log();
  const settings = new Settings();
  const worker = new WorkerSession(settings.current, ({ dataDir, http, secrets }) => {
    return new WorkerHost({ host: 'vscode', source: 'vscode', dataDir, http, secrets });
  });
  session = worker;
  const state = new StoredState(context.globalState, context.workspaceState);
  const extension = { version: VERSION, path: context.extensionPath, activationMs: 0 };
  const documents = new Documents(worker, extension);
  const scope = new Scope(settings, state);
  const cli = new CompanionCli(context, settings, log);
  const views = new Views(worker, scope, state, log);
  const reported = (error: unknown): void => log.failure(GreeumError.from(error));
  context.subscriptions.push(
    log,
    settings,
    worker,
    worker.onLog(({ level, text }) => log.write(level, text)),
    settings.onDidChange((next) => void worker.apply(next).catch(reported)),
    documents,
    new DocumentFeatures(worker),
    scope,
    cli,
    views,
    new StatusBar(worker),
    new Troubles(worker, log),
    new McpProvider(worker, VERSION),
    registerCommands({ session: worker, documents, log, settings, scope, views, state, cli, extension }),
  );
  setImmediate(() => void worker.start({ joinOnly: !settings.current.autoStart }).catch(reported));
  extension.activationMs = loadMs + sinceActivate();
  log.info(`Greeum ${VERSION} activated in ${extension.activationMs.toFixed(1)} ms of processor time`);
}

/** Resolves when the worker has drained its queue and let go of the memory, or when the time is up. */
export async function deactivate(): Promise<void> {
  const stopping = session?.close();
  session = undefined;
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<void>((resolve) => (timer = setTimeout(resolve, DEACTIVATE_WITHIN_MS)));
  await Promise.race([stopping, deadline]);
  clearTimeout(timer);
}
