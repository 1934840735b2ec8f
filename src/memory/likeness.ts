/** How much of one set of words another one has: the measure by which branches and slots are chosen. */

/** |words ∩ others| / |words|, from 0 to 1; 0 for no words. */
export function likeness(words: ReadonlySet<string>, others: ReadonlySet<string>): number {
  return words.size === 0 ? 0 : sharedCount(words, others) / words.size;
}

/** |a ∩ b| */
export function sharedCount(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  // Looking the fewer up in the more gives the same count sooner.
  const [fewer, more] = a.size <= b.size ? [a, b] : [b, a];
  let count = 0;
  for (const word of fewer) if (more.has(word)) count += 1;
  return count;
}
