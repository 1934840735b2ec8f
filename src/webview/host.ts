/** The extension host, as the page sees it. */

import { parseToPage, type FromPage, type ToPage } from '../dashboard/messages.js';

interface EditorApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

/** Given by the editor, once per page. */
declare function acquireVsCodeApi(): EditorApi;

const api = acquireVsCodeApi();

export function tellHost(message: FromPage): void {
  api.postMessage(message);
}

/** @param listener called with messages that are ours; another one is a fault of the host and ends in its console */
export function onHostMessage(listener: (message: ToPage) => void): void {
  window.addEventListener('message', ({ data }: MessageEvent<unknown>) => listener(parseToPage(data)));
}

/** What the page kept when it was last thrown away, as it is; undefined in a new one. */
export function keptState(): unknown {
  return api.getState();
}

export function keepState(state: unknown): void {
  api.setState(state);
}
