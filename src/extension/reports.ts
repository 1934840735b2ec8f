/** What an examination of the memory found, as a page of Markdown. Pure; holds no memory text. */

import type { DoctorFinding, DoctorReport } from '../protocol/doctor.js';
import type { VerifyResult } from '../protocol/operations.js';
import type { Localizer } from './localizer.js';

export function verifyPage({ blocks, problems }: VerifyResult, l10n: Localizer): string {
  const lines = problems.map(({ block_index, problem }) =>
    block_index === null ? `- ${problem}` : `- #${block_index}: ${problem}`,
  );
  return page(l10n.t('{0} problems in {1} memories', problems.length, blocks), lines);
}

export function doctorPage({ data_dir, findings, repair }: DoctorReport, l10n: Localizer): string {
  const lines = [data_dir, '', ...findings.map(findingLine)];
  if (repair !== null) {
    if (repair.done.length > 0) lines.push('', `## ${l10n.t('Done')}`, '', ...repair.done.map(bullet));
    if (repair.lost.length > 0) {
      lines.push('', `## ${l10n.t('Could not be saved or done')}`, '', ...repair.lost.map(bullet));
    }
    if (repair.backup !== null) lines.push('', l10n.t('What was replaced or set aside is in {0}', repair.backup));
    lines.push('', `## ${l10n.t('Afterwards')}`, '', ...repair.findings.map(findingLine));
  }
  return page(l10n.t('Greeum Data Folder'), lines);
}

const MARKS: Readonly<Record<DoctorFinding['severity'], string>> = { ok: '✓', note: '·', warning: '!', damage: '✗' };

function findingLine({ area, severity, sentence, remedy }: DoctorFinding): string {
  return `- ${MARKS[severity]} **${area}**: ${sentence}${remedy === null ? '' : ` → ${remedy}`}`;
}

function bullet(line: string): string {
  return `- ${line}`;
}

function page(title: string, lines: readonly string[]): string {
  return [`# ${title}`, '', ...lines, ''].join('\n');
}
