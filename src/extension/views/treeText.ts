/** Rows of the trees in words. Pure; all of a memory's text is foreign. */

import type { AnchorRecord, MemoryGroup } from '../../protocol/operations.js';
import type { Localizer } from '../localizer.js';
import { escapeMarkdown, formatAge, localDay, oneLine } from '../wording.js';
import type { GroupNode, ShownMemory } from './memoryTree.js';

const LABEL_CHARS = 100;
const TOOLTIP_CHARS = 600;

export interface RowText {
  label: string;
  description: string;
  /** What a screen reader says. */
  spoken: string;
  /** Name of a theme icon. */
  icon: string;
}

/** The clock and the language of whoever reads. */
export interface Reader {
  nowMs: number;
  /** BCP 47. */
  language: string;
  l10n: Localizer;
}

export function memoryRow(memory: ShownMemory, reader: Reader): RowText {
  const label = oneLine(memory.context, LABEL_CHARS);
  const about = [`#${memory.block_index}`, timeOf(memory.timestamp)];
  if (memory.tags.length > 0) about.push(oneLine(memory.tags.join(', '), 40));
  const description = about.join(' · ');
  const spoken = reader.l10n.t('Memory {0}: {1}. {2}', memory.block_index, label, memory.timestamp.slice(0, 16));
  return { label, description, spoken, icon: memory.importance >= 0.8 ? 'star-full' : 'note' };
}

/** Markdown in which nothing of the memory acts: its text is escaped. */
export function memoryTooltip(memory: ShownMemory, { l10n }: Reader): string {
  const text = oneLine(memory.context, TOOLTIP_CHARS);
  const facts = [
    memory.timestamp.slice(0, 16).replace('T', ' '),
    memory.project === null ? l10n.t('no project') : oneLine(memory.project, 60),
    ...(memory.slot === null ? [] : [l10n.t('slot {0}', memory.slot)]),
    ...(memory.tags.length === 0 ? [] : [oneLine(memory.tags.join(', '), 100)]),
  ];
  return `${escapeMarkdown(text)}\n\n---\n\n**#${memory.block_index}** ${escapeMarkdown(facts.join(' · '))}`;
}

export function groupRow({ by, group }: GroupNode, reader: Reader): RowText {
  const { l10n } = reader;
  const count = l10n.t('{0} memories', group.blocks);
  switch (by) {
    case 'day': {
      const label = group.key === null ? '?' : dayLabel(group.key, reader);
      return { label, description: String(group.blocks), spoken: `${label}, ${count}`, icon: 'calendar' };
    }
    case 'branch':
      return branchRow(group, count, reader);
    case 'project': {
      const label = group.key === null ? l10n.t('No project') : oneLine(group.key, LABEL_CHARS);
      const icon = group.key === null ? 'globe' : 'folder';
      return { label, description: String(group.blocks), spoken: `${label}, ${count}`, icon };
    }
  }
}

function branchRow(group: MemoryGroup, count: string, { l10n, nowMs }: Reader): RowText {
  const label = group.key === null ? l10n.t('No branch') : oneLine(group.title, LABEL_CHARS);
  const age = formatAge(Math.max(0, nowMs - Date.parse(group.last_timestamp)), l10n);
  const slot = group.slot === null ? [] : [l10n.t('slot {0}', group.slot)];
  const description = [String(group.blocks), ...slot, age].join(' · ');
  return { label, description, spoken: l10n.t('Branch {0}, {1}, {2}', label, count, age), icon: 'git-branch' };
}

export function slotRow(anchor: AnchorRecord, { l10n, nowMs }: Reader): RowText {
  const { slot, pinned } = anchor;
  if (anchor.hash === null) {
    const empty = l10n.t('empty');
    return { label: slot, description: empty, spoken: l10n.t('Slot {0}, empty', slot), icon: 'circle-outline' };
  }
  const summary = oneLine(anchor.summary, LABEL_CHARS);
  const age = anchor.last_seen > 0 ? formatAge(Math.max(0, nowMs - anchor.last_seen * 1000), l10n) : '';
  const description = [summary, ...(pinned ? [l10n.t('pinned')] : []), ...(age === '' ? [] : [age])].join(' · ');
  return {
    label: slot,
    description,
    spoken: pinned ? l10n.t('Slot {0}, pinned: {1}', slot, summary) : l10n.t('Slot {0}: {1}', slot, summary),
    icon: pinned ? 'pinned' : 'bookmark',
  };
}

/** `Today`, `Yesterday`, or the day as this language writes it. */
function dayLabel(day: string, { nowMs, language, l10n }: Reader): string {
  const today = localDay(new Date(nowMs));
  const yesterday = new Date(nowMs);
  yesterday.setDate(yesterday.getDate() - 1);
  if (day === today) return l10n.t('Today');
  if (day === localDay(yesterday)) return l10n.t('Yesterday');
  const date = new Date(`${day}T12:00:00`);
  if (Number.isNaN(date.getTime())) return day;
  const isThisYear = day.slice(0, 4) === today.slice(0, 4);
  const parts = { weekday: 'short', month: 'short', day: 'numeric' } as const;
  return date.toLocaleDateString(language, isThisYear ? parts : { ...parts, year: 'numeric' });
}

function timeOf(timestamp: string): string {
  return timestamp.slice(11, 16);
}
