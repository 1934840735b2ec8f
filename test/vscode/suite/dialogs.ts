import * as vscode from 'vscode';

export interface Dialogs {
  shown: { message: string; buttons: string[] }[];
  stop(): void;
}

/** No message shows in this window: each is answered by its button of one of these titles, else by none. */
export function answerDialogs(...titles: string[]): Dialogs {
  const { showErrorMessage, showWarningMessage, showInformationMessage } = vscode.window;
  const shown: Dialogs['shown'] = [];
  const answer = (message: string, ...items: unknown[]): Promise<unknown> => {
    const buttons = items.filter((item) => typeof item === 'string' || hasTitle(item));
    const titleOf = (item: unknown): string => (typeof item === 'string' ? item : hasTitle(item) ? item.title : '');
    shown.push({ message, buttons: buttons.map(titleOf) });
    return Promise.resolve(buttons.find((item) => titles.includes(titleOf(item))));
  };
  const all = { showErrorMessage: answer, showWarningMessage: answer, showInformationMessage: answer };
  Object.assign(vscode.window, all);
  return {
    shown,
    stop: () => void Object.assign(vscode.window, { showErrorMessage, showWarningMessage, showInformationMessage }),
  };
}

function hasTitle(item: unknown): item is { title: string } {
  return typeof item === 'object' && item !== null && 'title' in item;
}

/**
 * Presses Cancel of the progress whose title has these words, at the moment when `moment` says so; of each report it is
 * told too.
 */
export function cancelProgress(
  title: string,
  moment: () => boolean | Promise<boolean>,
): { stop(): void; pressed: boolean } {
  const { withProgress } = vscode.window;
  const cancelling = {
    pressed: false,
    stop: () => void Object.assign(vscode.window, { withProgress }),
  };
  const patched: typeof withProgress = (options, task) => {
    const cancel = new vscode.CancellationTokenSource();
    let isDone = false;
    const running = Promise.resolve(task({ report: () => void look() }, cancel.token)).finally(() => (isDone = true));
    const look = async (): Promise<void> => {
      if (options.cancellable !== true || options.title?.includes(title) !== true) return;
      if (cancelling.pressed || isDone || !(await moment())) return;
      cancelling.pressed = true;
      cancel.cancel();
    };
    void (async () => {
      while (!isDone && !cancelling.pressed) {
        await look();
        await new Promise(setImmediate);
      }
    })();
    return running;
  };
  Object.assign(vscode.window, { withProgress: patched });
  return cancelling;
}
