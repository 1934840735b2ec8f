/** How a failure is told to a person: the sentence, what to do, and the buttons that help. Pure. */

import { IN_DOUBT, type ErrorCode, type GreeumError, type SerializedError } from '../protocol/errors.js';
import { translatedSentence } from './errorWords.js';
import type { Localizer } from './localizer.js';

export type ErrorButton = 'tryAgain' | 'startWorker' | 'restartWorker' | 'openSettings' | 'openDataFolder' | 'showLog';

export interface ErrorModel {
  message: string;
  buttons: ErrorButton[];
}

/** What helps beside the log. Not listed: codes that are about what the person typed, which the sentence explains. */
const HELP: { readonly [K in ErrorCode]?: ErrorButton } = {
  data_dir_missing: 'openSettings',
  data_dir_unwritable: 'openSettings',
  data_dir_not_a_directory: 'openSettings',
  socket_path_too_long: 'openSettings',
  no_free_port: 'openSettings',
  not_loopback: 'openSettings',
  not_a_database: 'openDataFolder',
  newer_format: 'openDataFolder',
  database_in_use: 'restartWorker',
  database_changed: 'restartWorker',
  database_damaged: 'openDataFolder',
  hot_journal: 'openDataFolder',
  wal_damaged: 'openDataFolder',
  wal_unmerged: 'openDataFolder',
  journal_damaged: 'openDataFolder',
  journal_write_failed: 'restartWorker',
  invalid_storage_url: 'openSettings',
  storage_refused: 'openSettings',
  degraded: 'restartWorker',
  worker_required: 'startWorker',
  worker_unreachable: 'startWorker',
  worker_stopping: 'startWorker',
};

/** Codes for which a person needs no log: the sentence says it all. */
const PLAIN: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'empty_content',
  'content_too_large',
  'invalid_text',
  'empty_query',
  'unknown_block',
  'unknown_project',
]);

/** @param canRetry whether the caller can repeat the very same call, with the same idempotency key */
export function errorModel(error: GreeumError, canRetry: boolean, l10n: Localizer): ErrorModel {
  const sentences = [messageOf(error, l10n)];
  if (error.outcome === 'unknown') {
    sentences.push(l10n.t('It is not known whether it was written; trying again cannot write it twice.'));
  }
  if (error.outcome === 'written') sentences.push(l10n.t('The memory itself was written.'));
  // Of a key that makes trying again safe the button knows; a person has no use for it.
  const hint = error.outcome === 'unknown' ? undefined : hintOf(error, l10n);
  if (hint !== undefined && hint !== translatedSentence(error, l10n)) sentences.push(hint);
  const buttons: ErrorButton[] = [];
  if (canRetry && error.retry !== 'never') buttons.push('tryAgain');
  const help = HELP[error.code];
  if (help !== undefined) buttons.push(help);
  if (!PLAIN.has(error.code)) buttons.push('showLog');
  return { message: sentences.join(' '), buttons };
}

/** The sentence for a person: in the language of the editor, with the exact one behind it where that says more. */
export function messageOf(error: GreeumError | SerializedError, l10n: Localizer): string {
  const translated = translatedSentence(error, l10n);
  // Where it belongs, it is said in the language of the editor.
  const exact = error.message.replace(` ${IN_DOUBT}`, '');
  if (translated === null) return exact;
  return PLAIN.has(error.code) ? translated : `${translated} (${exact})`;
}

/** The hint as it helps in the editor, where settings say what options and variables say to a command line. */
export function hintOf(error: GreeumError | SerializedError, l10n: Localizer): string | undefined {
  switch (error.code) {
    case 'data_dir_missing':
    case 'data_dir_unwritable':
    case 'data_dir_not_a_directory':
      return l10n.t('Choose another folder in the setting greeum.dataDir.');
    case 'invalid_storage_url':
      return l10n.t('Correct the setting greeum.storage.url. Its password is kept by "Greeum: Set Storage Password".');
    default:
      // Hints are in English; the translated sentence says what to do as well.
      return translatedSentence(error, l10n) ?? error.hint;
  }
}
