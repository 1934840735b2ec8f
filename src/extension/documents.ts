import * as vscode from 'vscode';
import type { HostState } from '../client/hostState.js';
import { GreeumError } from '../protocol/errors.js';
import type { MemoryService } from '../protocol/memoryService.js';
import type { ExtensionFacts } from './extensionFacts.js';
import { DOCUMENT_SCHEME } from './ids.js';
import { Disposable } from './lifecycle.js';
import { memoryUri } from './memoryUri.js';
import type { Localizer } from './localizer.js';
import type { WorkerSession } from './workerSession.js';

const { l10n } = vscode;

/** A status document that is open is written anew at most this often. */
const STATUS_REFRESH_MS = 1000;

const STATUS_URI = vscode.Uri.from({ scheme: DOCUMENT_SCHEME, path: '/Greeum Worker.md' });

/** What is needed only when a document is open, and loaded only then. */
export interface DocumentContents {
  memoryPage(blockIndex: number, service: MemoryService): Promise<string>;
  renderStatus(state: HostState, extension: ExtensionFacts, localizer: Localizer): string;
  documentLinks(document: vscode.TextDocument): Promise<vscode.DocumentLink[]>;
  documentHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    service: MemoryService,
  ): Promise<vscode.Hover | null>;
}

/** The read-only documents of the `greeum:` scheme: one per memory, and the worker's status. */
export class Documents extends Disposable implements vscode.TextDocumentContentProvider {
  private readonly changed = this._register(new vscode.EventEmitter<vscode.Uri>());
  private statusTimer: NodeJS.Timeout | undefined;
  /** What {@link openMemory} fetched and the editor has not asked for yet. */
  private readonly fetched = new Map<string, string>();
  /** Texts of {@link page}, by path. */
  private readonly pages = new Map<string, string>();
  /** Documents that could not be read, to be read again when a worker is there. */
  private readonly failed = new Set<string>();

  readonly onDidChange = this.changed.event;

  constructor(
    private readonly session: WorkerSession,
    private readonly extension: ExtensionFacts,
    private readonly contents: () => DocumentContents,
  ) {
    super();
    this._register(vscode.workspace.registerTextDocumentContentProvider(DOCUMENT_SCHEME, this));
    this._register(
      vscode.workspace.onDidCloseTextDocument(
        ({ uri }) => uri.scheme === DOCUMENT_SCHEME && this.pages.delete(uri.path),
      ),
    );
    this._register(session.onDidChange(() => this.onWorkerChange()));
    this._register({ dispose: () => clearTimeout(this.statusTimer) });
  }

  /** @throws GreeumError when the memory cannot be read, before anything opens */
  async openMemory(blockIndex: number, { preview = true } = {}): Promise<void> {
    const uri = memoryUri(blockIndex);
    this.fetched.set(uri.toString(), await this.contents().memoryPage(blockIndex, this.session.service));
    // An editor already open on it is brought up to date: links may have been added since.
    this.changed.fire(uri);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview });
  }

  /** Reads anew what the editor holds of these memories: it keeps a document for a while after its tab is closed. */
  readAnew(blocks: readonly number[]): void {
    for (const block of blocks) this.changed.fire(memoryUri(block));
  }

  /** Shows a text in Markdown that is no memory's. */
  async openPage(name: string, text: string): Promise<void> {
    const uri = this.page(`${name}.md`, text);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true });
  }

  /** A document with this text, until it is closed; what is open under the name already gets the text. */
  page(name: string, text: string): vscode.Uri {
    const uri = vscode.Uri.from({ scheme: DOCUMENT_SCHEME, path: `/${name}` });
    this.pages.set(uri.path, text);
    this.changed.fire(uri);
    return uri;
  }

  async openStatus(): Promise<void> {
    this.changed.fire(STATUS_URI);
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(STATUS_URI), { preview: true });
  }

  /** Of the documents of memories: to other memories, and back to where one was noted. */
  registerLinksAndHovers(): void {
    const selector = { scheme: DOCUMENT_SCHEME };
    const { registerDocumentLinkProvider, registerHoverProvider } = vscode.languages;
    const provideDocumentLinks: vscode.DocumentLinkProvider['provideDocumentLinks'] = (document) =>
      this.contents().documentLinks(document);
    const provideHover: vscode.HoverProvider['provideHover'] = (document, position) =>
      this.contents().documentHover(document, position, this.session.service);
    this._register(registerDocumentLinkProvider(selector, { provideDocumentLinks }));
    this._register(registerHoverProvider(selector, { provideHover }));
  }

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    if (uri.path === STATUS_URI.path) return this.contents().renderStatus(this.session.state, this.extension, l10n);
    const page = this.pages.get(uri.path);
    if (page !== undefined) return page;
    const key = uri.toString();
    const ready = this.fetched.get(key);
    this.fetched.delete(key);
    this.failed.delete(key);
    if (ready !== undefined) return ready;
    const blockIndex = blockOf(uri);
    if (blockIndex === null) return `# ${l10n.t('There is no such Greeum document')}\n`;
    try {
      await this.session.whenSettled();
      return await this.contents().memoryPage(blockIndex, this.session.service);
    } catch (error) {
      // The editor restores documents before there is a worker; the page says so and follows later.
      this.failed.add(key);
      const { message, hint } = GreeumError.from(error);
      return [`# ${l10n.t('Memory #{0} cannot be read now', blockIndex)}`, '', message, hint ?? '', ''].join('\n');
    }
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
