import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { StatusHistory } from '../../dashboard/history.js';
import { GreeumError } from '../../protocol/errors.js';
import { COMMANDS } from '../ids.js';
import { DisposableStore, type DisposableLike } from '../lifecycle.js';
import type { Log } from '../log.js';
import type { WorkerSession } from '../workerSession.js';
import { DashboardFeed, type FeedClock } from './feed.js';
import { dashboardPage } from './page.js';

const { l10n } = vscode;

/** Where the build puts the page's script and style sheet; the page may load from nowhere else. */
const PAGE_FOLDER = ['dist', 'webview'];

const PAGE_COMMAND_IDS = { startWorker: COMMANDS.startWorker, showStatus: COMMANDS.showWorkerStatus } as const;

const clock: FeedClock = {
  nowMs: () => Date.now(),
  every(ms, run) {
    const timer = setInterval(run, ms);
    return { dispose: () => clearInterval(timer) };
  },
};

export interface DashboardParts {
  session: WorkerSession;
  history: StatusHistory;
  log: Log;
  extensionUri: vscode.Uri;
}

/** Gives a panel its page, and feeds that while it is on screen. */
export function connectDashboard(panel: vscode.WebviewPanel, parts: DashboardParts): DisposableLike {
  const { webview } = panel;
  const folder = vscode.Uri.joinPath(parts.extensionUri, ...PAGE_FOLDER);
  webview.options = { enableScripts: true, localResourceRoots: [folder] };
  panel.iconPath = vscode.Uri.joinPath(parts.extensionUri, 'media', 'icon.svg');
  const store = new DisposableStore();
  const feed = store.add(feedOf(webview, parts));
  store.add(webview.onDidReceiveMessage((message: unknown) => receive(feed, message, parts.log)));
  store.add(panel.onDidChangeViewState(() => feed.setVisible(panel.visible)));
  webview.html = dashboardPage({
    script: webview.asWebviewUri(vscode.Uri.joinPath(folder, 'dashboard.js')).toString(),
    style: webview.asWebviewUri(vscode.Uri.joinPath(folder, 'dashboard.css')).toString(),
    cspSource: webview.cspSource,
    nonce: randomBytes(16).toString('base64url'),
    language: vscode.env.language,
    title: l10n.t('Greeum Dashboard'),
  });
  return store;
}

function feedOf(webview: vscode.Webview, { session, history, log }: DashboardParts): DashboardFeed {
  return new DashboardFeed({
    source: session,
    history,
    l10n,
    locale: vscode.env.language,
    clock,
    // A message to a page that is going away reaches nobody, which is what it should do.
    post: (message) => void webview.postMessage(message),
    run: (command) => void vscode.commands.executeCommand(PAGE_COMMAND_IDS[command]),
    open: (block) => void vscode.commands.executeCommand(COMMANDS.openMemory, block),
    failed: (error) => log.failure(error),
  });
}

function receive(feed: DashboardFeed, message: unknown, log: Log): void {
  try {
    feed.receive(message);
  } catch (error) {
    log.failure(GreeumError.from(error));
  }
}
