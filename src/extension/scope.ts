import * as vscode from 'vscode';
import { CONTEXT_KEYS } from './ids.js';
import { Disposable } from './lifecycle.js';
import { currentProject } from './project.js';
import type { Settings } from './settings.js';
import type { StoredState } from './state.js';
import type { ScopeFilter } from './views/memoryTree.js';

export type ScopeMode = 'project' | 'everything';

/**
 * Whose memories this window shows and finds: those of its project and those of none, or everything. The setting says
 * how a workspace begins; what a person chooses by a click is kept for the workspace.
 */
export class Scope extends Disposable {
  private readonly changed = this._register(new vscode.EventEmitter<void>());

  /** Stays while something is in front that belongs to no folder, such as a memory. */
  private current = currentProject();

  readonly onDidChange = this.changed.event;

  constructor(
    private readonly settings: Settings,
    private readonly state: StoredState,
  ) {
    super();
    this._register(settings.onDidChange(() => this.tell()));
    this._register(vscode.workspace.onDidChangeWorkspaceFolders(() => this.follow(currentProject())));
    this._register(vscode.window.onDidChangeActiveTextEditor((editor) => this.look(editor)));
    this.tell();
  }

  get mode(): ScopeMode {
    return this.state.scopeMode ?? this.settings.current.scope;
  }

  /** Where there is no project there is nothing to narrow to. */
  get filter(): ScopeFilter {
    const project = this.mode === 'project' ? this.current : undefined;
    return project === undefined ? {} : { project, include_global: true };
  }

  /** The project that memories are narrowed to; undefined: none. */
  get project(): string | undefined {
    return this.filter.project;
  }

  async choose(mode: ScopeMode): Promise<void> {
    await this.state.setScopeMode(mode);
    this.tell();
  }

  /** In a window of several folders the file in front says which of them is meant. */
  private look(editor: vscode.TextEditor | undefined): void {
    const file = editor?.document.uri;
    if (file === undefined || vscode.workspace.getWorkspaceFolder(file) === undefined) return;
    this.follow(currentProject(file));
  }

  private follow(project: string | undefined): void {
    if (project === this.current) return;
    this.current = project;
    this.tell();
  }

  private tell(): void {
    void vscode.commands.executeCommand('setContext', CONTEXT_KEYS.scope, this.mode);
    this.changed.fire();
  }
}
