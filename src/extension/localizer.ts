import { fill } from '../dashboard/numbers.js';

/**
 * The part of `vscode.l10n` that sentences need. Code that knows no editor takes it as an argument, so that it is
 * tested in plain Node and its strings are still found by the translation check, which looks for `l10n.t('…')`.
 */
export interface Localizer {
  /** @param message English text with `{0}`, `{1}` … for the arguments. */
  t(message: string, ...args: (string | number | boolean)[]): string;
}

/** The English text itself, as `vscode.l10n` gives it where there is no translation. */
export const english: Localizer = { t: fill };
