import * as vscode from 'vscode';
import { CONTEXT_KEYS, STATUS_BAR_ID } from './ids.js';
import { Disposable } from './lifecycle.js';
import { statusBarModel, TOOLTIP_COMMANDS, type StatusBarModel } from './statusBarModel.js';
import type { WorkerSession } from './workerSession.js';

const { l10n } = vscode;

/** Left, after what belongs to the source control of the workspace. */
const PRIORITY = -10;

/** The one status bar item; {@link statusBarModel} says what it shows. */
export class StatusBar extends Disposable {
  private readonly item = this._register(
    vscode.window.createStatusBarItem(STATUS_BAR_ID, vscode.StatusBarAlignment.Left, PRIORITY),
  );
  private readonly told = new Map<string, string | boolean>();

  constructor(private readonly session: WorkerSession) {
    super();
    this.item.name = l10n.t('Greeum Worker');
    this._register(session.onDidChange(() => this.update()));
    this.update();
    this.item.show();
  }

  private update(): void {
    const { state } = this.session;
    const model = statusBarModel(state, l10n);
    this.item.text = model.text;
    this.item.accessibilityInformation = { label: model.label };
    this.item.backgroundColor = backgroundOf(model);
    this.item.command = model.command;
    this.item.tooltip = tooltipOf(model);
    this.setContext(CONTEXT_KEYS.workerState, state.phase);
    this.setContext(CONTEXT_KEYS.hasMemories, (state.status?.blocks ?? 0) > 0);
  }

  /** A status comes a few times a second; the editor is told of what differs. */
  private setContext(key: string, value: string | boolean): void {
    if (this.told.get(key) === value) return;
    this.told.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }
}

function backgroundOf({ background }: StatusBarModel): vscode.ThemeColor | undefined {
  return background === null ? undefined : new vscode.ThemeColor(`statusBarItem.${background}Background`);
}

function tooltipOf({ tooltip }: StatusBarModel): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString(tooltip, true);
  markdown.isTrusted = { enabledCommands: TOOLTIP_COMMANDS };
  return markdown;
}
