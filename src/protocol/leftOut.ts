import type { LeftOut } from './operations.js';

/** `GitHub token (2), private key (1)`. */
export function describeLeftOut(leftOut: readonly LeftOut[]): string {
  return leftOut.map(({ kind, count }) => `${kind} (${count})`).join(', ');
}
