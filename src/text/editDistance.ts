/** Rows of the table of distances; each call uses them anew. */
let rows = [new Uint16Array(64), new Uint16Array(64), new Uint16Array(64)] as const;

/**
 * How many letters have to be added, taken away, changed or exchanged with their neighbour to make `b` of `a`. Only what
 * can be within `most` is worked out.
 * @param a UTF-16 units
 * @param b UTF-16 units
 * @returns at most `most` + 1: farther apart than asked
 */
export function editDistance(a: ArrayLike<number>, b: ArrayLike<number>, most: number): number {
  const far = most + 1;
  if (Math.abs(a.length - b.length) > most) return far;
  if (rows[0].length <= b.length) {
    const length = 2 * b.length + 1;
    rows = [new Uint16Array(length), new Uint16Array(length), new Uint16Array(length)];
  }
  let [beforeLast, last, row] = rows;
  for (let j = 0; j <= b.length; j++) last[j] = Math.min(j, far);
  for (let i = 1; i <= a.length; i++) {
    const from = Math.max(1, i - most);
    const to = Math.min(b.length, i + most);
    // Beside the cells that are worked out, everything is too far.
    row[from - 1] = from === 1 ? Math.min(i, far) : far;
    if (to < b.length) row[to + 1] = far;
    let least = row[from - 1] ?? far;
    for (let j = from; j <= to; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let cell = Math.min((last[j] ?? far) + 1, (row[j - 1] ?? far) + 1, (last[j - 1] ?? far) + change);
      const isExchange = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isExchange) cell = Math.min(cell, (beforeLast[j - 2] ?? far) + 1);
      row[j] = cell = Math.min(cell, far);
      if (cell < least) least = cell;
    }
    if (least > most) return far;
    [beforeLast, last, row] = [last, row, beforeLast];
  }
  return last[b.length] ?? far;
}

export function unitsOf(text: string): Uint16Array {
  return Uint16Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
}
