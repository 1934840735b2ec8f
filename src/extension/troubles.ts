import * as vscode from 'vscode';
import { GreeumError } from '../protocol/errors.js';
import { showError } from './errors.js';
import { COMMANDS } from './ids.js';
import { Disposable } from './lifecycle.js';
import type { Log } from './log.js';
import type { WorkerSession } from './workerSession.js';

const { l10n } = vscode;

/**
 * Tells the person once when the worker cannot start, or refuses writes. The host goes on trying by itself, so the same
 * trouble comes back again and again; it is told anew only after things were well, when a person starts the worker, or
 * when it is another one.
 */
export class Troubles extends Disposable {
  private told: string | null = null;

  constructor(
    private readonly session: WorkerSession,
    private readonly log: Log,
  ) {
    super();
    this._register(session.onDidChange(() => this.look()));
  }

  private look(): void {
    const { phase, error, status } = this.session.state;
    // A start that a person asked for begins without an error; one that the host tries by itself keeps the last.
    const isFreshStart = phase === 'starting' && error === null;
    if (isFreshStart || phase === 'owner' || phase === 'client' || phase === 'stopped') this.told = null;
    if (phase === 'failed' && error !== null && this.isNews(error.message)) {
      void showError(GreeumError.fromJSON(error), this.log);
    }
    const degraded = status?.degraded;
    if (phase === 'degraded' && degraded && this.isNews(degraded.reason)) void this.tellDegraded(degraded.reason);
  }

  private isNews(trouble: string): boolean {
    if (trouble === this.told) return false;
    this.told = trouble;
    return true;
  }

  private async tellDegraded(reason: string): Promise<void> {
    const status = l10n.t('Show Status');
    const restart = l10n.t('Restart Worker');
    const message = l10n.t('Greeum refuses writes, and still reads. {0}', reason);
    // Only the owner's own window can restart it.
    const buttons = this.session.state.role === 'owner' ? [restart, status] : [status];
    const pressed = await vscode.window.showWarningMessage(message, ...buttons);
    if (pressed === restart) await vscode.commands.executeCommand(COMMANDS.restartWorker);
    if (pressed === status) await vscode.commands.executeCommand(COMMANDS.showWorkerStatus);
  }
}
