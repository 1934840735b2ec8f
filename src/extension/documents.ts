import * as vscode from 'vscode';
import { GreeumError } from '../protocol/errors.js';
import { DOCUMENT_SCHEME } from './ids.js';
import { Disposable } from './lifecycle.js';
import { renderMemory } from './memoryDocument.js';
import { memoryUri } from './memoryUri.js';
import { neighboursOf } from './neighbours.js';
import type { ExtensionFacts } from './extensionFacts.js';
import { renderStatus } from './statusDocument.js';
import type { WorkerSession } from './workerSession.js';

const { l10n } = vscode;

/** A status document that is open is written anew at most this often. */
const STATUS_REFRESH_MS = 1000;

const STATUS_URI = vscode.Uri.from({ scheme: DOCUMENT_SCHEME, path: '/Greeum Worker.md' });

/** The read-only documents of the `greeum:` scheme: one per memory, and the worker's status. */
export class Documents extends Disposable implements vscode.TextDocumentContentProvider {
  private readonly changed = this._register(new vscode.EventEmitter<vscode.Uri>());
  private statusTimer: NodeJS.Timeout | undefined;
  /** What {@link openMemory} fetched and the editor has not asked for yet. */
  private readonly fetched = new Map<string, string>();
  /** Documents that could not be read, to be read again when a worker is there. */
  private readonly failed = new Set<string>();

  readonly onDidChange = this.changed.event;

  constructor(
    private readonly session: WorkerSession,
    private readonly extension: ExtensionFacts,
  ) {
    super();
    this._register(vscode.workspace.registerTextDocumentContentProvider(DOCUMENT_SCHEME, this));
    this._register(session.onDidChange(() => this.onWorkerChange()));
    this._register({ dispose: () => clearTimeout(this.statusTimer) });
  }

  /** @throws GreeumError when the memory cannot be read, before anything opens */
  async openMemory(blockIndex: number, { preview = true } = {}): Promise<void> {
    const uri = memoryUri(blockIndex);
    this.fetched.set(uri.toString(), await this.readMemory(blockIndex));
    // An editor already open on it is brought up to date: links may have been added since.
    this.changed.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview });
  }

  async openStatus(): Promise<void> {
    this.changed.fire(STATUS_URI);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(STATUS_URI), { preview: true });
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    if (uri.path === STATUS_URI.path) return renderStatus(this.session.state, this.extension, l10n);
    const key = uri.toString();
    const ready = this.fetched.get(key);
    this.fetched.delete(key);
    this.failed.delete(key);
    if (ready !== undefined) return ready;
    const blockIndex = blockOf(uri);
    if (blockIndex === null) return `# ${l10n.t('There is no such Greeum document')}\n`;
    try {
      await this.session.whenSettled();
      return await this.readMemory(blockIndex);
    } catch (error) {
      // The editor restores documents before there is a worker; the page says so and follows later.
      this.failed.add(key);
      const { message, hint } = GreeumError.from(error);
      return [`# ${l10n.t('Memory #{0} cannot be read now', blockIndex)}`, '', message, hint ?? '', ''].join('\n');
    }
  }

  private async readMemory(blockIndex: number): Promise<string> {
    const { memory } = await this.session.service.call('get_memory', { block_index: blockIndex });
    return renderMemory(memory, await neighboursOf(memory, this.session.service));
  }

  private onWorkerChange(): void {
    if (this.session.state.role !== null) {
      const waiting = [...this.failed];
      this.failed.clear();
      for (const key of waiting) this.changed.fire(vscode.Uri.parse(key));
    }
    this.statusTimer ??= setTimeout(() => {
      this.statusTimer = undefined;
      if (isOpen(STATUS_URI)) this.changed.fire(STATUS_URI);
    }, STATUS_REFRESH_MS);
  }
}

function blockOf(uri: vscode.Uri): number | null {
  const match = /^\/Memory (\d{1,15})\.md$/.exec(uri.path);
  return match?.[1] === undefined ? null : Number(match[1]);
}

function isOpen(uri: vscode.Uri): boolean {
  const key = uri.toString();
  return vscode.workspace.textDocuments.some((document) => document.uri.toString() === key);
}
