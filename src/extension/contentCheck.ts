import { MAX_CONTENT_BYTES } from '../protocol/limits.js';
import type { Localizer } from './localizer.js';
import { formatBytes } from './wording.js';

/** The sentence under an input box while its text cannot be a memory; null when it can. The owner checks again. */
export function contentProblem(text: string, l10n: Localizer): string | null {
  if (text.trim() === '') return l10n.t('Write the text of the memory.');
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_CONTENT_BYTES) return null;
  const limit = formatBytes(MAX_CONTENT_BYTES);
  return l10n.t('A memory holds at most {0}; this text has {1}.', limit, formatBytes(bytes));
}
