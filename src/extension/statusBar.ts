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
  private shownPhase: string | undefined;

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
    if (this.shownPhase === state.phase) return;
    this.shownPhase = state.phase;
    void vscode.commands.executeCommand('setContext', CONTEXT_KEYS.workerState, state.phase);
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
