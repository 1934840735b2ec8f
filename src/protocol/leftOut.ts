/** Something that was not stored with a memory, by its kind; the text itself is told to nobody. */
export interface LeftOut {
  kind: string;
  count: number;
}

/** `GitHub token (2), private key (1)`. */
export function describeLeftOut(leftOut: readonly LeftOut[]): string {
  return leftOut.map(({ kind, count }) => `${kind} (${count})`).join(', ');
}
