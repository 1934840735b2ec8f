/** @param rows the first is the head */
export function table(rows: readonly (readonly string[])[]): string {
  const [head = [], ...body] = rows;
  const lines = [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`);
  return lines.join('\n');
}

/** As many digits as say something: 1234, 56.7, 1.23. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : 2);
}

export function megabytes(bytes: number): string {
  return `${figure(bytes / 1e6)} MB`;
}
