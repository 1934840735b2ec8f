/** When something happened, as people say it in a question: `last week`, `on 2 December`, `지난주`, `6월 초`. */

export interface TimePhrase {
  /** First and last millisecond, in local time as `localTimeMs` gives it. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** The question without the phrase. */
  readonly rest: string;
}

const MS_PER_DAY = 86_400_000;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const MONTH = '(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.?';

/** First day and number of days, or null when there is no such day. Days are counted from 1 January 1970. */
type Days = { readonly first: number; readonly last: number } | null;

interface Pattern {
  readonly regex: RegExp;
  readonly read: (match: RegExpExecArray, today: Today) => Days;
}

interface Today {
  readonly day: number;
  readonly year: number;
  /** 0 to 11. */
  readonly month: number;
  /** 0 is Monday. */
  readonly weekday: number;
}

/** The most exact first: the first that fits is taken. */
const PATTERNS: readonly Pattern[] = [
  { regex: /\b(\d{4})-(\d{2})-(\d{2})\b/, read: (m, t) => dayOf(t, int(m[3]), int(m[2]), m[1]) },
  { regex: /(?:(\d{4})년\s*)?(\d{1,2})월\s*(\d{1,2})일/, read: (m, t) => dayOf(t, int(m[3]), int(m[2]), m[1]) },
  { regex: /(?:(\d{4})년\s*|(올해|작년)\s*)?(\d{1,2})월\s*(초|중순|말)?/, read: readKoreanMonth },
  { regex: /(?<!\d)(\d{4})년/, read: (m) => monthsOf(int(m[1]), 0, 12) },
  {
    regex: new RegExp(`\\b(?:on\\s+)?(\\d{1,2})(?:st|nd|rd|th)?\\s+(?:of\\s+)?${MONTH}(?:,?\\s+(\\d{4}))?\\b`, 'i'),
    read: (m, t) => dayOf(t, int(m[1]), monthNumber(m[2]), m[3]),
  },
  {
    regex: new RegExp(`\\b(?:on\\s+)?${MONTH}\\s+(\\d{1,2})(?:st|nd|rd|th)?(?!\\d)(?:,?\\s+(\\d{4}))?`, 'i'),
    read: (m, t) => dayOf(t, int(m[2]), monthNumber(m[1]), m[3]),
  },
  {
    regex: new RegExp(
      `\\b(?:(?:in|during|since|of|this|last)\\s+)(?:the\\s+)?(early|mid|late)?[ -]*${MONTH}(?:\\s+(\\d{4}))?(?![a-z\\d])`,
      'i',
    ),
    read: (m, t) => monthOf(t, monthNumber(m[2]), m[3], partOfMonth(m[1])),
  },
  {
    regex: new RegExp(`\\b(early|mid|late)?[ -]*\\b${MONTH}\\s+(\\d{4})(?!\\d)`, 'i'),
    read: (m, t) => monthOf(t, monthNumber(m[2]), m[3], partOfMonth(m[1])),
  },
  { regex: /\b(\d{4})-(\d{2})\b(?!-)/, read: (m) => monthsOf(int(m[1]), int(m[2]) - 1, 1) },
  { regex: /\b(?:in|during|since)\s+(20\d{2})\b/i, read: (m) => monthsOf(int(m[1]), 0, 12) },
  { regex: /\btoday\b|오늘/i, read: (_, t) => daysAgo(t, 0, 0) },
  { regex: /\byesterday\b|어제/i, read: (_, t) => daysAgo(t, 1, 1) },
  { regex: /그저께|그제|엊그제/, read: (_, t) => daysAgo(t, 2, 2) },
  {
    regex: /\b(?:last|past)\s+(\d{1,3})\s+(day|week|month)s?\b/i,
    read: (m, t) => daysAgo(t, int(m[1]) * daysIn(m[2]), 0),
  },
  { regex: /최근\s*(\d{1,3})\s*(일|주|개월|달)/, read: (m, t) => daysAgo(t, int(m[1]) * daysIn(m[2]), 0) },
  { regex: /\b(\d{1,3})\s+(day|week|month)s?\s+ago\b/i, read: (m, t) => about(t, int(m[1]), daysIn(m[2])) },
  { regex: /(\d{1,3})\s*(일|주|개월|달)\s*전/, read: (m, t) => about(t, int(m[1]), daysIn(m[2])) },
  { regex: /\b(?:last|past|previous)\s+week\b|(?:지난|저번)\s*주(?!말)/i, read: (_, t) => week(t, 1) },
  { regex: /\bthis\s+week\b|이번\s*주(?!말)/i, read: (_, t) => week(t, 0) },
  { regex: /\b(?:last|past|previous)\s+month\b|(?:지난|저번)\s*달/i, read: (_, t) => monthsOf(t.year, t.month - 1, 1) },
  { regex: /\bthis\s+month\b|이번\s*달/i, read: (_, t) => monthsOf(t.year, t.month, 1) },
  { regex: /\blast\s+year\b|작년|지난해/i, read: (_, t) => monthsOf(t.year - 1, 0, 12) },
  { regex: /\bthis\s+year\b|올해/i, read: (_, t) => monthsOf(t.year, 0, 12) },
];

/** Words that only lead to a time, left over when the phrase is taken out. */
const LEFT_OVER =
  /\b(?:at the (?:beginning|start|end) of|(?:beginning|start|end) of)\s*$|\b(?:in|on|since|during)\s*$/i;

/**
 * The time that a question names. A day or month without a year is the latest that has begun.
 * @param nowMs local time as `localTimeMs` gives it
 */
export function findTimePhrase(question: string, nowMs: number): TimePhrase | null {
  const today = todayOf(nowMs);
  for (const { regex, read } of PATTERNS) {
    const match = regex.exec(question);
    const days = match === null ? null : read(match, today);
    if (match === null || days === null) continue;
    const before = question.slice(0, match.index);
    const part = /(?:beginning|start)(?: of)?\s*$/i.test(before) ? 0 : /\bend(?: of)?\s*$/i.test(before) ? 2 : null;
    const { first, last } = part === null ? days : third(days, part);
    const rest = `${before.replace(LEFT_OVER, ' ')} ${question.slice(match.index + match[0].length)}`.trim();
    return { firstMs: first * MS_PER_DAY, lastMs: (last + 1) * MS_PER_DAY - 0.001, rest };
  }
  return null;
}

function todayOf(nowMs: number): Today {
  const date = new Date(nowMs);
  return {
    day: Math.floor(nowMs / MS_PER_DAY),
    year: date.getUTCFullYear(),
    month: date.getUTCMonth(),
    weekday: (date.getUTCDay() + 6) % 7,
  };
}

function dayOf(today: Today, day: number, month: number, year: string | undefined): Days {
  const exact = (y: number): number => Date.UTC(y, month - 1, day) / MS_PER_DAY;
  const wanted = year === undefined ? (exact(today.year) > today.day ? today.year - 1 : today.year) : int(year);
  const date = new Date(exact(wanted) * MS_PER_DAY);
  const exists = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return exists ? { first: exact(wanted), last: exact(wanted) } : null;
}

function monthOf(today: Today, month: number, year: string | undefined, part: number | null): Days {
  if (month < 1 || month > 12) return null;
  const wanted = year === undefined ? (month - 1 > today.month ? today.year - 1 : today.year) : int(year);
  const days = monthsOf(wanted, month - 1, 1);
  return part === null ? days : third(days, part);
}

function readKoreanMonth(match: RegExpExecArray, today: Today): Days {
  const said = match[2] === undefined ? match[1] : String(match[2] === '올해' ? today.year : today.year - 1);
  const part = match[4] === undefined ? null : { 초: 0, 중순: 1, 말: 2 }[match[4]];
  return monthOf(today, int(match[3]), said, part ?? null);
}

function monthsOf(year: number, month: number, count: number): NonNullable<Days> {
  const first = Date.UTC(year, month, 1) / MS_PER_DAY;
  return { first, last: Date.UTC(year, month + count, 1) / MS_PER_DAY - 1 };
}

/** The first, second or last third of a month, or of another span. */
function third({ first, last }: NonNullable<Days>, part: number): NonNullable<Days> {
  const length = (last - first + 1) / 3;
  return { first: first + Math.floor(part * length), last: first + Math.ceil((part + 1) * length) - 1 };
}

function daysAgo(today: Today, from: number, to: number): NonNullable<Days> {
  return { first: today.day - from, last: today.day - to };
}

/** Around a day that is not meant exactly: half a unit to both sides. */
function about(today: Today, count: number, unit: number): NonNullable<Days> {
  const slack = Math.floor(unit / 2);
  return daysAgo(today, count * unit + slack, Math.max(0, count * unit - slack));
}

function week(today: Today, ago: number): NonNullable<Days> {
  const monday = today.day - today.weekday - 7 * ago;
  return { first: monday, last: monday + 6 };
}

function daysIn(unit: string | undefined): number {
  return { day: 1, 일: 1, week: 7, 주: 7, month: 30, 개월: 30, 달: 30 }[unit?.toLowerCase() ?? ''] ?? 1;
}

function partOfMonth(word: string | undefined): number | null {
  return word === undefined ? null : ({ early: 0, mid: 1, late: 2 }[word.toLowerCase()] ?? null);
}

/** 1 to 12; 0 when it is none. */
function monthNumber(name: string | undefined): number {
  return MONTHS.indexOf((name ?? '').slice(0, 3).toLowerCase()) + 1;
}

function int(digits: string | undefined): number {
  return Number(digits ?? 0);
}
