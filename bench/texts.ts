/** Memories of about 300 characters, the same for every run and every peer. */

/** mulberry32: a small generator with a seed, so that a run can be repeated. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const SYLLABLES = ['ka', 'ro', 'min', 'tel', 'sor', 'vi', 'dan', 'que', 'lo', 'per', 'shi', 'mo', 'gra', 'ne', 'ul'];
const VOCABULARY = 8_000;
const MEMORY_CHARS = 300;

/** Word number `rank` of a made-up language; small ranks are drawn more often, as in real text. */
function word(rank: number): string {
  let text = '';
  for (let left = rank + 20; left > 0; left = Math.floor(left / SYLLABLES.length)) {
    text += SYLLABLES[left % SYLLABLES.length] ?? '';
  }
  return text;
}

export function memoryText(random: () => number): string {
  let text = '';
  while (text.length < MEMORY_CHARS) text += `${word(Math.floor(VOCABULARY * random() ** 3))} `;
  return text.trim();
}

export function memoryTexts(count: number, seed = 1): string[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => memoryText(random));
}
