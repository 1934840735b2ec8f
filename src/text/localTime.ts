/** Local timestamps, as memories carry them, on a line of numbers. */

const TIMESTAMP = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?)?/;

/**
 * Milliseconds of the local clock's reading as if it were UTC, with fractions; so days never have 23 hours. 0 for what
 * is no timestamp: other programs write memories too.
 */
export function localTimeMs(timestamp: string): number {
  const match = TIMESTAMP.exec(timestamp);
  if (match === null) return 0;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((digits) => Number(digits ?? 0));
  const micros = Number((match[7] ?? '').padEnd(6, '0'));
  return Date.UTC(year, month - 1, day, hour, minute, second) + micros / 1000;
}
