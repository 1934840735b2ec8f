/** Dates and times as callers give them: ISO 8601, a date or a date-time, with or without a zone. */

import { GreeumError } from '../../protocol/errors.js';
import { findTimePhrase } from '../../text/timePhrases.js';
import { formatTimestamp, localFields, type CalendarFields } from '../timestamps.js';
import { shown } from './fields.js';

/** `2026-05-12`, `2026-05-12T09:30`, `2026-05-12 09:30:15.25+09:00`, `…Z`. */
const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/;

/** Longer is no date. */
const MAX_SPOKEN_CHARS = 60;
const MICROS_PER_SECOND = 1_000_000;

/**
 * The first moment of what the text names, as a local timestamp: a date is its midnight. A time without a zone is
 * local already; digits beyond microseconds are cut off.
 * @param nowMs as `localTimeMs` gives it: then `last week` and the like are understood too
 * @throws GreeumError `invalid_date`
 */
export function readDate(field: string, value: unknown, nowMs?: number): string | undefined {
  return value === undefined ? undefined : (spoken(value, nowMs) ?? bounds(field, value)).first;
}

/**
 * The last microsecond of what the text names, for an inclusive bound: a date is its whole day, `09:30` its minute.
 * @throws GreeumError `invalid_date`
 */
export function readDateEnd(field: string, value: unknown, nowMs?: number): string | undefined {
  return value === undefined ? undefined : (spoken(value, nowMs) ?? bounds(field, value)).last;
}

/** `yesterday`, `last week`, `지난달`, when that is all it says. */
function spoken(value: unknown, nowMs: number | undefined): { first: string; last: string } | null {
  if (typeof value !== 'string' || nowMs === undefined || value.length > MAX_SPOKEN_CHARS || ISO.test(value.trim())) {
    return null;
  }
  const found = findTimePhrase(value, nowMs);
  if (found?.rest !== '') return null;
  return { first: dayStart(found.firstMs), last: `${dayStart(found.lastMs).slice(0, 10)}T23:59:59.999999` };
}

function dayStart(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 10)}T00:00:00.000000`;
}

/** A day without a time, `2026-05-12`. @throws GreeumError `invalid_date` */
export function readDay(field: string, value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const { first } = bounds(field, value);
  if (typeof value === 'string' && value.trim() === first.slice(0, 10)) return value.trim();
  throw new GreeumError('invalid_date', `${field} is a day, not ${shown(value)}.`, { hint: 'Such as 2026-05-12.' });
}

function bounds(field: string, value: unknown): { first: string; last: string } {
  const match = typeof value === 'string' ? ISO.exec(value.trim()) : null;
  const zone = match?.[8];
  const first = match === null ? null : firstMoment(match);
  const moved = first === null || zone === undefined ? first : toLocal(first, zone);
  if (match === null || moved === null) throw invalidDate(field, value);
  const last: CalendarFields = {
    ...moved,
    ...(match[4] === undefined ? { hour: 23, minute: 59 } : {}),
    ...(match[6] === undefined ? { second: 59 } : {}),
  };
  const micros = Number((match[7] ?? '0').slice(0, 6).padEnd(6, '0'));
  const lastMicros = match[7] === undefined ? MICROS_PER_SECOND - 1 : micros;
  return { first: formatTimestamp(moved, micros), last: formatTimestamp(last, lastMicros) };
}

function invalidDate(field: string, value: unknown): GreeumError {
  return new GreeumError('invalid_date', `${field} is not a date that exists: ${shown(value)}.`, {
    hint: 'Use ISO 8601, such as 2026-05-12, 2026-05-12T09:30:00 or 2026-05-12T09:30:00+09:00.',
  });
}

/** Null for a day or a time that no calendar has. */
function firstMoment(match: RegExpExecArray): CalendarFields | null {
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((digits) => Number(digits ?? 0));
  const exists =
    year >= 1 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= daysIn(year, month) &&
    hour <= 23 &&
    minute <= 59 &&
    second <= 59;
  return exists ? { year, month, day, hour, minute, second } : null;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Null when the zone does not exist or the moment falls outside the years 1 to 9999. */
function toLocal({ year, month, day, hour, minute, second }: CalendarFields, zone: string): CalendarFields | null {
  const [zoneHours = 0, zoneMinutes = 0] =
    zone === 'Z' ? [] : [Number(zone.slice(1, 3)), Number(zone.slice(3).replace(':', ''))];
  if (zoneHours > 23 || zoneMinutes > 59) return null;
  const offsetMinutes = (zone.startsWith('-') ? -1 : 1) * (zoneHours * 60 + zoneMinutes);
  // `Date.UTC` takes the years 0 to 99 for 1900 to 1999.
  const moment = new Date(0);
  moment.setUTCFullYear(year, month - 1, day);
  moment.setUTCHours(hour, minute - offsetMinutes, second);
  const local = localFields(moment);
  return local.year >= 1 && local.year <= 9999 ? local : null;
}
