/** How much of one set of words another one has: the measure by which branches and slots are chosen. */

/** |words ∩ others| / |words|, from 0 to 1; 0 for no words. */
export function likeness(words: ReadonlySet<string>, others: ReadonlySet<string>): number {
  if (words.size === 0) return 0;
  // Looking the fewer up in the more gives the same count sooner.
  const [fewer, more] = words.size <= others.size ? [words, others] : [others, words];
  let shared = 0;
  for (const word of fewer) if (more.has(word)) shared += 1;
  return shared / words.size;
}
