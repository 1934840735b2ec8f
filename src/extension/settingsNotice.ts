import * as vscode from 'vscode';
import { openSettings } from './errors.js';
import { CONFIGURATION_SECTION, SETTINGS } from './ids.js';
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

  private look(settings: AllSettings): void {
    const { problems, isPasswordShown } = settings;
    const named = isPasswordShown ? [...problems, SETTINGS.storageUrl] : problems;
    const trouble = sentencesOf(settings).join(' ');
    const isNews = trouble !== '' && trouble !== this.told;
    this.told = trouble;
    if (isNews) void this.tell(trouble, named.length === 1 ? named[0] : undefined);
  }

  private async tell(trouble: string, setting: string = CONFIGURATION_SECTION): Promise<void> {
    const open = l10n.t('Open Settings');
    const pressed = await vscode.window.showWarningMessage(`Greeum: ${trouble}`, open);
    if (pressed === open) await openSettings(setting);
  }
}

function sentencesOf({ problems, embeddingProblem, isPasswordShown }: AllSettings): string[] {
  const sentences: string[] = [];
  const names = problems.filter((setting) => setting !== SETTINGS.storageUrl).join(', ');
  if (names !== '') sentences.push(l10n.t('The value of {0} makes no sense. The default is used instead.', names));
  if (problems.includes(SETTINGS.storageUrl)) {
    sentences.push(
      l10n.t('greeum.storage.url is no address of a PostgreSQL database. The worker cannot start with it.'),
    );
  }
  if (isPasswordShown) {
    sentences.push(
      l10n.t(
        'The password in greeum.storage.url belongs in the secret storage of the editor: use "Greeum: Set Storage Password".',
      ),
    );
  }
  if (embeddingProblem !== null) sentences.push(l10n.t('No vectors are made: {0}', embeddingProblem));
  return sentences;
}
