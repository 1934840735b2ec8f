/**
 * Which of a few texts have a word. Counts the words that they share with another text several times sooner than
 * looking at each of them.
 */
export class WordIndex {
  readonly #placesByWord = new Map<string, number[]>();
  readonly #placeOfText = new Map<number, number>();
  /** By place; null where a text was taken out. Places are small numbers, so that counts fit into an array. */
  readonly #texts: (number | null)[] = [];
  readonly #freePlaces: number[] = [];

  /** @param text not there yet */
  add(text: number, words: ReadonlySet<string>): void {
    const place = this.#freePlaces.pop() ?? this.#texts.length;
    this.#texts[place] = text;
    this.#placeOfText.set(text, place);
    for (const word of words) {
      const places = this.#placesByWord.get(word);
      if (places === undefined) this.#placesByWord.set(word, [place]);
      else places.push(place);
    }
  }

  /** @param words the same that the text was added with */
  delete(text: number, words: ReadonlySet<string>): void {
    const place = this.#placeOfText.get(text);
    if (place === undefined) return;
    this.#placeOfText.delete(text);
    this.#texts[place] = null;
    this.#freePlaces.push(place);
    for (const word of words) {
      const places = this.#placesByWord.get(word);
      if (places === undefined) continue;
      if (places.length === 1) this.#placesByWord.delete(word);
      else places.splice(places.indexOf(place), 1);
    }
  }

  /** How many of these words each text has; texts that have none are left out. */
  sharedWith(words: ReadonlySet<string>): Map<number, number> {
    const counts = new Uint32Array(this.#texts.length);
    for (const word of words) {
      for (const place of this.#placesByWord.get(word) ?? []) counts[place] = (counts[place] ?? 0) + 1;
    }
    const shared = new Map<number, number>();
    for (const [place, text] of this.#texts.entries()) {
      const count = counts[place] ?? 0;
      if (text !== null && count > 0) shared.set(text, count);
    }
    return shared;
  }

  /** Number of distinct words. */
  get size(): number {
    return this.#placesByWord.size;
  }
}
