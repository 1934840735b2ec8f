import * as vscode from 'vscode';
import { abortSignalOf } from './abortSignal.js';

/** What work that takes a while is given. */
export interface Work {
  /** Aborts when the person presses Cancel. */
  signal: AbortSignal;
  /** @param ratio how much is done, 0 to 1; null where nobody knows */
  report: (message: string, ratio: number | null) => void;
}

/**
 * Runs work that may take minutes in a notification with a progress bar and Cancel.
 * @returns undefined when the person stopped it; how it ends after that does not matter
 */
export async function longWork<T>(title: string, work: (work: Work) => Promise<T>): Promise<T | undefined> {
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    const signal = abortSignalOf(token);
    let percent = 0;
    const report: Work['report'] = (message, ratio) => {
      const next = Math.max(percent, Math.min(100, (ratio ?? 0) * 100));
      progress.report(ratio === null ? { message } : { message, increment: next - percent });
      percent = next;
    };
    try {
      const result = await work({ signal, report });
      return signal.aborted ? undefined : result;
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  });
}
