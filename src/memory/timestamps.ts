/** Times as Greeum writes them: local, naive ISO 8601 with microseconds, which are left out when they are zero. */

/** @param ms Unix milliseconds */
export function localTimestamp(ms: number): string {
  const date = new Date(ms);
  return formatTimestamp(localFields(date), date.getMilliseconds() * 1000);
}

export interface CalendarFields {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

export function localFields(date: Date): CalendarFields {
  return {
    year: date.getFullYear(),
    month: date.getMonth() + 1,
    day: date.getDate(),
    hour: date.getHours(),
    minute: date.getMinutes(),
    second: date.getSeconds(),
  };
}

/** @param micros 0 to 999 999 */
export function formatTimestamp({ year, month, day, hour, minute, second }: CalendarFields, micros: number): string {
  const date = `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
  const time = `${padded(hour, 2)}:${padded(minute, 2)}:${padded(second, 2)}`;
  return micros === 0 ? `${date}T${time}` : `${date}T${time}.${padded(micros, 6)}`;
}

function padded(value: number, digits: number): string {
  return String(value).padStart(digits, '0');
}
