/** An import in words. Pure. */

import type { ImportCounts, ImportSummary } from '../transfer/index.js';
import { GreeumError } from '../protocol/errors.js';
import { describeLeftOut } from '../protocol/leftOut.js';
import { errorModel } from './errorModel.js';
import type { Localizer } from './localizer.js';

/** `312 new, 4 there already, 1 cannot be taken`. */
export function countsInWords({ added, present, rejected }: ImportCounts, l10n: Localizer): string {
  const parts = [l10n.t('{0} new', added)];
  if (present > 0) parts.push(l10n.t('{0} there already', present));
  if (rejected > 0) parts.push(l10n.t('{0} cannot be taken', rejected));
  return parts.join(', ');
}

/** A page of Markdown that names what cannot be taken; the source's own text is not in it. */
export function problemsPage({ problems, rejected, left_out }: ImportSummary, file: string, l10n: Localizer): string {
  const lines = problems.map(
    ({ place, error }) => `- ${place}: ${errorModel(GreeumError.fromJSON(error), false, l10n).message}`,
  );
  if (rejected > problems.length) lines.push(`- ${l10n.t('and {0} more', rejected - problems.length)}`);
  if (left_out.length > 0) lines.push('', l10n.t('Left out, and not stored: {0}', describeLeftOut(left_out)));
  return [`# ${l10n.t('What cannot be imported')}`, '', file, '', ...lines, ''].join('\n');
}
