import { firstUnits } from './cut.js';
import { MAX_TOKEN_UNITS } from './identifier.js';
import { normalize } from './normalize.js';
import { scan, type RunKind } from './scan.js';
import { isStopWord } from './stopWords.js';

/**
 * Particles that can be taken off a Korean noun without knowing the word; those that often are a noun's own last
 * syllable (이, 가, 도, 로, …) stay. Longest first.
 */
const PARTICLES = /(?:에서는|에서|에게|에는|으로|까지|부터|은|는|을|를|의)$/;
/** What a particle may leave behind. */
const MIN_STEM_SYLLABLES = 2;

/**
 * The words that tell most about a text, in lower case and distinct, stop words and Korean particles left out, each
 * of at least two characters. Best first: names of code, then the more frequent, the longer, the earlier.
 */
export function keywords(text: string, max = 10): string[] {
  const found = new Map<string, Found>();
  for (const { kind, text: run } of scan(normalize(text))) {
    for (const name of namesOf(kind, run)) {
      const word = keywordOf(kind, name);
      const known = found.get(word);
      if (known !== undefined) known.count += 1;
      else if (word.length >= 2 && !isStopWord(word)) found.set(word, { word, count: 1, isCode: isCode(kind, name) });
    }
  }
  const best = [...found.values()].sort(byWeight).slice(0, max);
  return best.map(({ word }) => word);
}

interface Found {
  readonly word: string;
  readonly isCode: boolean;
  count: number;
}

function byWeight(a: Found, b: Found): number {
  return Number(b.isCode) - Number(a.isCode) || b.count - a.count || b.word.length - a.word.length;
}

/** Paths by their segments, so that a file is the same keyword with and without its folders. */
function namesOf(kind: RunKind, run: string): string[] {
  return kind === 'word' && /[/\\]/.test(run) ? run.split(/[/\\]/) : [run];
}

function keywordOf(kind: RunKind, name: string): string {
  const word = firstUnits(name.toLowerCase(), MAX_TOKEN_UNITS);
  if (kind !== 'hangul') return word;
  const stem = word.replace(PARTICLES, '');
  return stem.length >= MIN_STEM_SYLLABLES ? stem : word;
}

/** Names of code, files and versions: inner dots or underscores, digits after letters, or capitals after small ones. */
function isCode(kind: RunKind, name: string): boolean {
  return kind === 'word' && /[._]|\p{L}\p{N}|\p{Ll}\p{Lu}/u.test(name.slice(0, MAX_TOKEN_UNITS));
}
