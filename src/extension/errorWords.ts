/** What went wrong, by code, for people who use the editor in another language than English. Pure. */

import type { ErrorCode, SerializedError } from '../protocol/errors.js';
import { english, type Localizer } from './localizer.js';

/** More general than the sentence of an error, which names paths and numbers and is in English. */
const SENTENCES: Readonly<Record<ErrorCode, (l10n: Localizer) => string>> = {
  invalid_argument: (l10n) => l10n.t('Something in the request is not as it must be.'),
  unknown_operation: (l10n) =>
    l10n.t('This worker does not know the operation. Its version may be older than the extension.'),
  empty_content: (l10n) => l10n.t('A memory needs some text.'),
  content_too_large: (l10n) => l10n.t('The text is too long for one memory. Split it.'),
  invalid_text: (l10n) => l10n.t('The text holds characters that cannot be stored.'),
  invalid_importance: (l10n) => l10n.t('The importance must lie between 0 and 1.'),
  unknown_slot: (l10n) => l10n.t('There is no such slot. Slots are A, B and C.'),
  invalid_tags: (l10n) => l10n.t('The tags are too many, too long, or empty.'),
  invalid_metadata: (l10n) => l10n.t('The metadata is too large or of the wrong form.'),
  invalid_date: (l10n) => l10n.t('The date is not understood. Write it like 2026-11-24, or like "last week".'),
  invalid_project: (l10n) => l10n.t('The name of the project is empty or too long.'),
  unknown_project: (l10n) => l10n.t('No memory has this project.'),
  unknown_block: (l10n) => l10n.t('There is no such memory.'),
  self_association: (l10n) => l10n.t('A memory cannot be linked to itself.'),
  invalid_association: (l10n) => l10n.t('The link is not as it must be.'),
  empty_query: (l10n) => l10n.t('A search needs a word.'),
  invalid_limit: (l10n) => l10n.t('The number of results is out of range.'),
  invalid_detail: (l10n) => l10n.t('The detail of the results is not one that there is.'),
  invalid_idempotency_key: (l10n) => l10n.t('The key of the request is not as it must be.'),
  idempotency_conflict: (l10n) => l10n.t('The same key was used for another write before. Nothing was written.'),
  secret_found: (l10n) =>
    l10n.t('The text holds a secret, and the setting greeum.secrets says that such texts are refused.'),
  data_dir_missing: (l10n) => l10n.t('The data folder does not exist.'),
  data_dir_unwritable: (l10n) => l10n.t('The data folder cannot be written to.'),
  data_dir_not_a_directory: (l10n) => l10n.t('What should be the data folder is something else.'),
  not_a_database: (l10n) => l10n.t('memory.db is not a database of SQLite. Nothing was changed.'),
  newer_format: (l10n) => l10n.t('The memory was written by a newer version. Update the extension.'),
  database_in_use: (l10n) => l10n.t('Another program has the memory open. Close it, and restart the worker.'),
  database_changed: (l10n) => l10n.t('Another program changed the memory. Restart the worker to take the change in.'),
  database_damaged: (l10n) => l10n.t('memory.db is damaged. "Greeum: Check Data Folder" saves what can be saved.'),
  hot_journal: (l10n) =>
    l10n.t('Another program stopped in the middle of a write. Open the memory with it once, or with sqlite3.'),
  wal_damaged: (l10n) =>
    l10n.t('The log beside memory.db is damaged. "Greeum: Check Data Folder" saves what can be saved.'),
  wal_unmerged: (l10n) =>
    l10n.t('The log beside memory.db could not be merged. "Greeum: Check Data Folder" tells why.'),
  journal_damaged: (l10n) => l10n.t('The journal is damaged. "Greeum: Check Data Folder" saves what can be saved.'),
  journal_write_failed: (l10n) => l10n.t('The disk refused the write. Is it full?'),
  checkpoint_failed: (l10n) => l10n.t('memory.db could not be written. Nothing is lost: the journal holds everything.'),
  memory_full: (l10n) => l10n.t('The memory has outgrown the worker: nothing more fits. What is there is safe.'),
  read_failed: (l10n) => l10n.t('A file could not be read.'),
  invalid_storage_url: (l10n) => l10n.t("The address of the team's database cannot be used. Check the settings."),
  storage_unreachable: (l10n) =>
    l10n.t("The team's database cannot be reached. Reading goes on; write again when it is back."),
  storage_refused: (l10n) => l10n.t("The team's database refuses this. Check user, password, rights and TLS."),
  storage_mismatch: (l10n) =>
    l10n.t("This data folder and the team's database do not belong together. Nothing was written."),
  embedding_model_unreadable: (l10n) => l10n.t('The embedding model cannot be read. Check the setting of its folder.'),
  embedding_failed: (l10n) => l10n.t('Vectors could not be made. Searches go on by words.'),
  degraded: (l10n) => l10n.t('The worker refuses writes until its trouble is over. Searches go on.'),
  overloaded: (l10n) => l10n.t('The worker has more to do than it can take. Try again in a moment.'),
  lock_busy: (l10n) => l10n.t('Another process works with this data folder just now.'),
  worker_required: (l10n) => l10n.t('This needs a worker, and none is running.'),
  worker_running: (l10n) => l10n.t('This cannot be done while a worker is running. Stop it first.'),
  worker_unreachable: (l10n) => l10n.t('No worker can be reached.'),
  worker_stopping: (l10n) => l10n.t('The worker is stopping.'),
  connection_lost: (l10n) => l10n.t('The connection to the worker broke.'),
  timeout: (l10n) => l10n.t('The worker did not answer in time.'),
  unauthorized: (l10n) => l10n.t('The worker does not accept the access token. It may have been renewed.'),
  not_loopback: (l10n) => l10n.t('Greeum listens on addresses of this machine only.'),
  unsafe_permissions: (l10n) =>
    l10n.t('Other users of this machine can read the data folder, and this could not be changed.'),
  no_free_port: (l10n) => l10n.t('The port is taken.'),
  socket_path_too_long: (l10n) => l10n.t('The path of the data folder is too long for a socket.'),
  request_too_large: (l10n) => l10n.t('The request is too large.'),
  internal: (l10n) => l10n.t('Greeum failed inside. Please report it with the log.'),
};

/** The sentence for a code in the language of the editor; null where that is English, and the error's own says more. */
export function translatedSentence({ code }: Pick<SerializedError, 'code'>, l10n: Localizer): string | null {
  const sentence = SENTENCES[code](l10n);
  return sentence === SENTENCES[code](english) ? null : sentence;
}
