import * as vscode from 'vscode';
import type { ReembedResult, ReindexResult, ResultOf, WorkerStatus } from '../../protocol/operations.js';
import { tryWithPerson } from '../errors.js';
import { longWork } from '../longWork.js';
import type { Services } from '../services.js';

const { l10n } = vscode;

/** A model may take its time for very many memories. */
const TIMEOUT_MS = 24 * 60 * 60_000;

/** Builds the search index again. @returns undefined when the person stopped it or it failed */
export async function rebuildIndex(services: Services): Promise<ReindexResult | undefined> {
  const title = l10n.t('Greeum: building the search index again');
  const result = await makeAgain(services, 'reindex', title, ({ index }) => [index.indexed, index.total]);
  if (result !== undefined) tell(l10n.t('The search index was built again: {0} memories.', result.memories));
  return result;
}

/** Asks the model for all vectors again. @returns undefined when the person stopped it or it failed */
export async function rebuildVectors(services: Services): Promise<ReembedResult | undefined> {
  const title = l10n.t('Greeum: making all vectors again');
  const result = await makeAgain(services, 'reembed', title, ({ embedding }) =>
    embedding === null ? [0, 0] : [embedding.embedded, embedding.total],
  );
  if (result !== undefined) tell(l10n.t('{0} vectors were made again by {1}.', result.embedded, result.model));
  return result;
}

/** The worker tells everybody how far it is; here it is shown to whoever asked for it. */
async function makeAgain<K extends 'reindex' | 'reembed'>(
  { session, log }: Services,
  operation: K,
  title: string,
  progressOf: (status: WorkerStatus) => readonly [done: number, total: number],
): Promise<ResultOf<K> | undefined> {
  return tryWithPerson(
    () =>
      longWork(title, async ({ signal, report }) => {
        const listening = session.onDidChange(({ status }) => {
          if (status === null) return;
          const [done, total] = progressOf(status);
          report(l10n.t('{0} of {1} memories', done, total), total === 0 ? null : done / total);
        });
        try {
          return await session.service.call(operation, {}, { signal, timeoutMs: TIMEOUT_MS });
        } finally {
          listening.dispose();
        }
      }),
    log,
  );
}

function tell(message: string): void {
  vscode.window.setStatusBarMessage(`$(check) ${message}`, 3000);
}
