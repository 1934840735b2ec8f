/** Numbers and foreign text as people read them. Pure. */

import type { Localizer } from './localizer.js';

export { formatBytes, formatMs } from '../dashboard/numbers.js';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How long ago something was, in its largest unit. */
export function formatAge(ms: number, l10n: Localizer): string {
  if (ms < MINUTE_MS) return l10n.t('{0} s ago', Math.max(0, Math.round(ms / SECOND_MS)));
  if (ms < HOUR_MS) return l10n.t('{0} min ago', Math.floor(ms / MINUTE_MS));
  if (ms < DAY_MS) return l10n.t('{0} h ago', Math.floor(ms / HOUR_MS));
  return l10n.t('{0} d ago', Math.floor(ms / DAY_MS));
}

/** `YYYY-MM-DD` where this process runs, as in the timestamps of memories. */
export function localDay(date: Date): string {
  const pad = (value: number): string => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
}

/** Text that shows as itself in a Markdown string: no formatting, link, HTML or `$(icon)`; one line. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\r\n]+/g, ' ')
    .replace(/&/g, '&amp;')
    .replace(/[\\`*_{}[\]()#+\-!~<>|$.:@]/g, '\\$&');
}

/** Text that shows as itself where `$(name)` would become an icon, such as the lines of a quick pick. */
export function escapeIcons(text: string): string {
  return text.replace(/\$\(/g, '\\$(');
}

/** Marks that turn the direction of what follows: in a row they would turn our own words beside a foreign text. */
const DIRECTION_MARKS = /[\u202a-\u202e\u2066-\u2069]/g;

/** The first `limit` characters (code points) on one line, with an ellipsis where something is left out. */
export function oneLine(text: string, limit: number): string {
  // A megabyte of text must not be scanned for one line of it; four units a character is more than enough.
  const head = text.slice(0, limit * 4);
  const chars = Array.from(head.replace(DIRECTION_MARKS, '').replace(/\s+/g, ' ').trim());
  const isCut = chars.length > limit || head.length < text.length;
  return isCut ? `${chars.slice(0, limit).join('')}…` : chars.join('');
}
