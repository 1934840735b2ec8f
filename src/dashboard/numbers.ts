/** Numbers as people read them. Pure. */

const SECOND_MS = 1000;

/** `0.68 ms`, `12 ms`, `3.4 s`. */
export function formatMs(ms: number): string {
  if (ms >= SECOND_MS) return `${(ms / SECOND_MS).toFixed(1)} s`;
  return `${ms < 10 ? ms.toFixed(2) : ms.toFixed(0)} ms`;
}

/** `512 B`, `3.4 kB`, `120 MB`; decimal units. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB'];
  let value = bytes / 1000;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ${units[unit] ?? ''}`;
}

/** `0`, `0.3`, `12`, `1,200`: a count or a rate, with the digits that say something. */
export function formatCount(value: number, locale: string): string {
  const digits = Math.abs(value) < 10 ? 1 : 0;
  return value.toLocaleString(locale, { maximumFractionDigits: digits });
}

/** A sentence with `{0}`, `{1}` … filled in. */
export function fill(sentence: string, ...values: readonly (string | number | boolean)[]): string {
  return sentence.replace(/\{(\d+)\}/g, (whole, index: string) => String(values[Number(index)] ?? whole));
}
