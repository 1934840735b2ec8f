/**
 * Memories by the hundred thousand, the same for the same seed. The most frequent words are those of the project's own
 * set, the others are made up; how often each is drawn follows Zipf's law, as words of real texts do, and lengths are
 * spread as those of notes are: many short ones, few long ones.
 */

import { seededRandom } from '../texts.js';
import type { EvaluationMemory } from './dataset.js';

const VOCABULARY = 60_000;
/** Exponent of Zipf's law. */
const STEEPNESS = 1.07;
/** Of the logarithm of the number of words: mean and deviation; a memory has 20 words in the middle. */
const LENGTH_MEAN = Math.log(20);
const LENGTH_DEVIATION = 0.7;
const MAX_WORDS = 400;
const PROJECTS = 40;
const SPAN_MS = 2 * 365 * 86_400_000;
const SYLLABLES = 'ka ro min tel sor vi dan que lo per shi mo gra ne ul bex tor ani fle ruk'.split(' ');

export interface Corpus {
  readonly memories: EvaluationMemory[];
  /** Of three to six words of one memory each. */
  readonly questions: string[];
}

/** @param own texts whose words are the frequent ones */
export function generateCorpus(count: number, questions: number, seed: number, own: readonly string[]): Corpus {
  const random = seededRandom(seed);
  const words = vocabulary(own);
  const draw = zipf(words.length, random);
  const startMs = Date.UTC(2024, 5, 1);
  const memories = Array.from({ length: count }, (_, at): EvaluationMemory => {
    const length = Math.min(
      MAX_WORDS,
      Math.max(3, Math.round(Math.exp(LENGTH_MEAN + LENGTH_DEVIATION * normal(random)))),
    );
    const text = Array.from({ length }, () => words[draw()] ?? '').join(' ');
    const project = Math.floor(PROJECTS * random() ** 2);
    return {
      id: String(at),
      at: new Date(startMs + (at / count) * SPAN_MS).toISOString().slice(0, 19),
      text: `${text} (${at})`,
      ...(random() < 0.8 ? { project: `project-${project}` } : {}),
    };
  });
  const asked = Array.from({ length: questions }, () => {
    const text = memories[Math.floor(random() * count)]?.text.split(' ').slice(0, -1) ?? [];
    const length = 3 + Math.floor(random() * 4);
    return Array.from({ length }, () => text[Math.floor(random() * text.length)] ?? '').join(' ');
  });
  return { memories, questions: asked };
}

/** Most frequent first. */
function vocabulary(own: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const word of own
    .join(' ')
    .toLowerCase()
    .split(/[^\p{L}\p{N}_./-]+/u)) {
    if (word !== '') counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const real = [...counts].sort((a, b) => b[1] - a[1]).map(([word]) => word);
  const madeUp = Array.from({ length: VOCABULARY - real.length }, (_, at) => madeUpWord(at));
  return [...real, ...madeUp];
}

function madeUpWord(number: number): string {
  let text = '';
  for (let left = number + SYLLABLES.length; left > 0; left = Math.floor(left / SYLLABLES.length)) {
    text += SYLLABLES[left % SYLLABLES.length] ?? '';
  }
  return text;
}

/** Draws ranks from 0 on, each as often as Zipf's law says. */
function zipf(count: number, random: () => number): () => number {
  const sums = new Float64Array(count);
  let total = 0;
  for (let rank = 0; rank < count; rank++) sums[rank] = total += 1 / (rank + 1) ** STEEPNESS;
  return () => {
    const wanted = random() * total;
    let low = 0;
    for (let high = count - 1; low < high;) {
      const middle = (low + high) >> 1;
      if ((sums[middle] ?? 0) < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** Box and Muller. */
function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
