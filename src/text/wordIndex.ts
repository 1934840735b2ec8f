/**
 * Which of a few texts have a word. Counts the words that they share with another text several times sooner than
 * looking at each of them.
 */
export class WordIndex {
  readonly #textsByWord = new Map<string, Set<number>>();

  add(text: number, words: ReadonlySet<string>): void {
    for (const word of words) {
      const texts = this.#textsByWord.get(word);
      if (texts === undefined) this.#textsByWord.set(word, new Set([text]));
      else texts.add(text);
    }
  }

  /** @param words the same that the text was added with */
  delete(text: number, words: ReadonlySet<string>): void {
    for (const word of words) {
      const texts = this.#textsByWord.get(word);
      texts?.delete(text);
      if (texts?.size === 0) this.#textsByWord.delete(word);
    }
  }

  /** How many of these words each text has; texts that have none are left out. */
  sharedWith(words: ReadonlySet<string>): Map<number, number> {
    const counts = new Map<number, number>();
    for (const word of words) {
      for (const text of this.#textsByWord.get(word) ?? []) counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    return counts;
  }

  /** Number of distinct words. */
  get size(): number {
    return this.#textsByWord.size;
  }
}
