import * as vscode from 'vscode';
import { abortSignalOf } from './abortSignal.js';
import { Disposable, type DisposableLike } from './lifecycle.js';
import type { Scope } from './scope.js';
import type { Settings } from './settings.js';
import type { WorkerSession } from './workerSession.js';

type Lenses = (
  document: vscode.TextDocument,
  session: WorkerSession,
  scope: Scope,
  signal: AbortSignal,
) => Promise<vscode.CodeLens[]>;

/** Says above a file that memories mention it, while the setting is on; costs nothing while it is off. */
export class Mentions extends Disposable {
  private readonly changed = this._register(new vscode.EventEmitter<void>());
  private registration: DisposableLike | undefined;
  private shownBlocks: number | undefined;

  constructor(
    private readonly session: WorkerSession,
    private readonly scope: Scope,
    settings: Settings,
    private readonly lenses: () => Lenses,
  ) {
    super();
    this._register({ dispose: () => this.registration?.dispose() });
    this._register(settings.onDidChange(({ mentions }) => this.turn(mentions)));
    this._register(scope.onDidChange(() => this.changed.fire()));
    this._register(session.onDidChange(() => this.look()));
    this.turn(settings.current.mentions);
  }

  private turn(on: boolean): void {
    if (on === (this.registration !== undefined)) return;
    this.registration?.dispose();
    this.registration = on ? this.register() : undefined;
  }

  private register(): DisposableLike {
    const provideCodeLenses: vscode.CodeLensProvider['provideCodeLenses'] = (document, token) =>
      this.lenses()(document, this.session, this.scope, abortSignalOf(token));
    const provider = { onDidChangeCodeLenses: this.changed.event, provideCodeLenses };
    return vscode.languages.registerCodeLensProvider([{ scheme: 'file' }, { scheme: 'vscode-remote' }], provider);
  }

  /** Another number of memories, or another worker, may be another answer. */
  private look(): void {
    const blocks = this.session.state.role === null ? undefined : this.session.state.status?.blocks;
    if (blocks === this.shownBlocks) return;
    this.shownBlocks = blocks;
    this.changed.fire();
  }
}
