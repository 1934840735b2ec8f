import * as vscode from 'vscode';
import { GreeumError } from '../protocol/errors.js';
import { errorModel, type ErrorButton } from './errorModel.js';
import { COMMANDS, CONFIGURATION_SECTION } from './ids.js';
import type { Log } from './log.js';

const { l10n } = vscode;

/**
 * Shows a failure with the buttons that help, and runs what is pressed.
 * @returns true when the person asks to try again
 */
export async function showError(thrown: unknown, log: Log, canRetry = false): Promise<boolean> {
  const error = GreeumError.from(thrown);
  log.failure(error);
  const { message, buttons } = errorModel(error, canRetry, l10n);
  const items = buttons.map((button) => ({ title: titleOf(button), button }));
  const pressed = await vscode.window.showErrorMessage(message, ...items);
  if (pressed === undefined) return false;
  if (pressed.button === 'tryAgain') return true;
  await press(pressed.button);
  // With a worker there again, what failed goes on by itself.
  return canRetry && (pressed.button === 'startWorker' || pressed.button === 'restartWorker');
}

function titleOf(button: ErrorButton): string {
  switch (button) {
    case 'tryAgain':
      return l10n.t('Try Again');
    case 'startWorker':
      return l10n.t('Start Worker');
    case 'restartWorker':
      return l10n.t('Restart Worker');
    case 'openSettings':
      return l10n.t('Open Settings');
    case 'openDataFolder':
      return l10n.t('Open Data Folder');
    case 'showLog':
      return l10n.t('Show Log');
  }
}

async function press(button: Exclude<ErrorButton, 'tryAgain'>): Promise<void> {
  if (button === 'openSettings') {
    await openSettings();
  } else {
    await vscode.commands.executeCommand(COMMANDS[button]);
  }
}

/** Most of our settings belong to the machine the worker runs on, so a remote window has them on a page of its own. */
export async function openSettings(query: string = CONFIGURATION_SECTION): Promise<void> {
  const isRemote = vscode.env.remoteName !== undefined;
  const page = isRemote ? 'workbench.action.openRemoteSettings' : 'workbench.action.openSettings2';
  await vscode.commands.executeCommand(page, { query });
}

/**
 * Runs `attempt` until it succeeds or the person gives up; what fails is shown. Undefined: given up, or trying again
 * could not help; then nobody waits for the message to be read.
 */
export async function tryWithPerson<T>(attempt: () => Promise<T>, log: Log): Promise<T | undefined> {
  for (;;) {
    try {
      return await attempt();
    } catch (thrown) {
      const error = GreeumError.from(thrown);
      const shown = showError(error, log, true);
      if (error.retry === 'never' || !(await shown)) return undefined;
    }
  }
}
