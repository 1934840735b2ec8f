import * as vscode from 'vscode';
import { openSettings } from './errors.js';
import { CONFIGURATION_SECTION } from './ids.js';
import { Disposable } from './lifecycle.js';
import type { AllSettings, Settings } from './settings.js';

const { l10n } = vscode;

/** Tells the person once that a setting makes no sense and what is done instead; again when it is another trouble. */
export class SettingsNotice extends Disposable {
  private told = '';

  constructor(settings: Settings) {
    super();
    this._register(settings.onDidChange((next) => this.look(next)));
    this.look(settings.current);
  }

  private look({ problems, embeddingProblem }: AllSettings): void {
    const sentences: string[] = [];
    if (problems.length > 0) {
      const names = problems.join(', ');
      sentences.push(l10n.t('The value of {0} makes no sense. The default is used instead.', names));
    }
    if (embeddingProblem !== null) sentences.push(l10n.t('No vectors are made: {0}', embeddingProblem));
    const trouble = sentences.join(' ');
    const isNews = trouble !== '' && trouble !== this.told;
    this.told = trouble;
    if (isNews) void this.tell(trouble, problems.length === 1 ? problems[0] : undefined);
  }

  private async tell(trouble: string, setting: string = CONFIGURATION_SECTION): Promise<void> {
    const open = l10n.t('Open Settings');
    const pressed = await vscode.window.showWarningMessage(`Greeum: ${trouble}`, open);
    if (pressed === open) await openSettings(setting);
  }
}
