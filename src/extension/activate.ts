// First, because it times the others.
import { countMainThreadTime, sinceLoad } from './mainThreadTime.js';
import * as vscode from 'vscode';
import { loadBundle } from '../client/distFiles.js';
import type * as Host from '../client/workerHost.js';
import { GreeumError } from '../protocol/errors.js';
import { VERSION } from '../protocol/version.js';
import { CompanionCli } from './cli/companionCli.js';
import { registerCommands } from './commandRegistry.js';
import { Dashboard } from './dashboard/dashboard.js';
import { Documents } from './documents.js';
import type * as Features from './features.js';
import { inTurns } from './inTurns.js';
import { Log } from './log.js';
import { McpProvider } from './mcpProvider.js';
import { Mentions } from './mentions.js';
import { Scope } from './scope.js';
import type { Services } from './services.js';
import { Settings } from './settings.js';
import { SettingsNotice } from './settingsNotice.js';
import { StoredState } from './state.js';
import { StatusBar } from './statusBar.js';
import { StoredSecret } from './storedSecret.js';
import { registerLanguageModelTools } from './toolRegistry.js';
import { Troubles } from './troubles.js';
import { Views } from './views/views.js';
import { WorkerSession } from './workerSession.js';

/** The editor ends the extension host soon after; what is acknowledged by then is on disk anyway. */
const DEACTIVATE_WITHIN_MS = 2000;

/** Of the bundle: between that and `activate` the editor does other work. */
const loadMs = sinceLoad();

/** At the first use: what a window needs for opening is only here. */
const features = (): typeof Features => loadBundle('features.js') as typeof Features;

let session: WorkerSession | undefined;

/**
 * Wires the parts together; what they do is theirs. What nobody sees yet (the worker, servers for agents, terminals)
 * follows after this has returned.
 * @returns for suites in the extension host: what the editor's API does not tell, such as the rows of the sidebar
 */
export function activate(context: vscode.ExtensionContext): Services | undefined {
  const sinceActivate = countMainThreadTime();
  const log = new Log();
  const settings = new Settings();
  const worker = new WorkerSession(settings.current, hostWith(log));
  session = worker;
  const state = new StoredState(context.globalState, context.workspaceState);
  const extension = { version: VERSION, path: context.extensionPath, loadMs, wiringMs: 0 };
  const documents = new Documents(worker, extension, features);
  const scope = new Scope(settings, state);
  const cli = new CompanionCli(context, settings, log);
  const secrets = secretsOf(context.secrets, settings, log);
  const dashboard = dashboardOf(worker, log, context.extensionUri);
  const views = new Views(worker, scope, state, log);
  const reported = (error: unknown): void => log.failure(GreeumError.from(error));
  const services: Services = {
    session: worker,
    documents,
    dashboard,
    log,
    settings,
    scope,
    views,
    state,
    cli,
    extension,
    secrets,
  };
  context.subscriptions.push(
    log,
    settings,
    worker,
    worker.onLog(({ level, text }) => log.write(level, text)),
    settings.onDidChange((next) => void worker.apply(next).catch(reported)),
    documents,
    ...Object.values(secrets),
    scope,
    cli,
    dashboard,
    views,
    new StatusBar(worker),
    registerCommands((id, args) => features().runCommand(id, services, args)),
    inTurns([
      // Before the worker starts, or its first trouble would be told to nobody.
      () => new Troubles(worker, log),
      () => new SettingsNotice(settings),
      () => void startWorker(worker, settings, secrets).catch(reported),
      () => new McpProvider(worker, VERSION),
      () => registerLanguageModelTools((name) => features().languageModelTool(name, services)),
      () => documents.registerLinksAndHovers(),
      () => new Mentions(worker, scope, settings, () => features().mentionLenses),
      () => dashboard.registerSerializer(),
      () => cli.offer(),
    ]),
  );
  extension.wiringMs = sinceActivate();
  log.info(`Greeum ${VERSION}: loaded in ${loadMs.toFixed(1)} ms, wired in ${extension.wiringMs.toFixed(1)} ms`);
  return context.extensionMode === vscode.ExtensionMode.Test ? services : undefined;
}

function secretsOf(storage: vscode.SecretStorage, settings: Settings, log: Log): Services['secrets'] {
  return {
    embeddingKey: new StoredSecret('embeddingKey', storage, settings, log),
    storagePassword: new StoredSecret('storagePassword', storage, settings, log),
  };
}

async function startWorker(worker: WorkerSession, settings: Settings, secrets: Services['secrets']): Promise<void> {
  await Promise.all(Object.values(secrets).map((secret) => secret.load()));
  await worker.start({ joinOnly: !settings.current.autoStart });
}

/** Makes the host of one setting after the other. */
function hostWith(log: Log): ConstructorParameters<typeof WorkerSession>[1] {
  return ({ dataDir, http, secrets, embedding, embeddingProblem, storage }) => {
    if (embeddingProblem !== null) log.write('warn', embeddingProblem);
    const { WorkerHost } = loadBundle('host.js') as typeof Host;
    return new WorkerHost({ host: 'vscode', source: 'vscode', dataDir, http, secrets, embedding, storage });
  };
}

function dashboardOf(session: WorkerSession, log: Log, extensionUri: vscode.Uri): Dashboard {
  return new Dashboard(session, (panel, history) =>
    features().connectDashboard(panel, { session, history, log, extensionUri }),
  );
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
