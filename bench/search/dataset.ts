/** What is asked of what: memories in the order in which they were written, and questions with the memories that answer them. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface EvaluationMemory {
  readonly id: string;
  /** ISO date. */
  readonly at: string;
  readonly text: string;
  readonly project?: string;
  readonly tags?: readonly string[];
}

export interface Question {
  readonly id: string;
  /** Numbers are tuned on the first, and only reported on the second. */
  readonly part: 'tuning' | 'held-out';
  readonly language: string;
  readonly kind: string;
  readonly question: string;
  /** Ids of the memories that answer it together; none when nothing does. */
  readonly answers: readonly string[];
}

export interface Dataset {
  readonly name: string;
  /** When the questions are asked, so that "last week" means something. */
  readonly askedAt: string;
  readonly memories: readonly EvaluationMemory[];
  readonly questions: readonly Question[];
}

const OWN = join(__dirname, '../data');

/** The project's own set, see `bench/data/README.md`. */
export function ownDataset(): Dataset {
  return {
    name: 'developers',
    askedAt: '2026-06-30T12:00:00',
    memories: readLines<EvaluationMemory>('memories.jsonl'),
    questions: readLines<Question>('questions.jsonl'),
  };
}

function readLines<T>(file: string): T[] {
  return readFileSync(join(OWN, file), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}
