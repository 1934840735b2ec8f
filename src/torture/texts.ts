/** What the torture remembers. A text ends in its key, by which it is found again. */

import type { Random } from './random.js';

export const WORDS = [
  'ledger',
  'deploy',
  'friday',
  'cache',
  'socket',
  'journal',
  '데이터베이스',
  '회의',
  '결정',
  'timeout',
  'retry',
];

export function textFor(key: string, random: Random): string {
  const words = Array.from({ length: 3 + random.integer(20) }, () => random.pick(WORDS));
  return `${words.join(' ')} ${key}`;
}
