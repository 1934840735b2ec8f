/**
 * Dialogues in the layout of LoCoMo (snap-research/LoCoMo: `sample_id`, `conversation` with `session_1`,
 * `session_1_date_time`, …, `qa` with `evidence`): one memory a turn. The file itself may not be shipped; its path is
 * given.
 */

import { readFileSync } from 'node:fs';

import type { Dataset, EvaluationMemory, Question } from './dataset.js';

interface Turn {
  readonly speaker: string;
  readonly dia_id: string;
  readonly text?: string;
  readonly blip_caption?: string;
}

interface Sample {
  readonly sample_id: string;
  readonly conversation: Readonly<Record<string, unknown>>;
  readonly qa: readonly { question: string; category?: number; evidence?: readonly string[] }[];
}

/** Category 5 asks for what was never said. */
const ADVERSARIAL = 5;

/** One dataset a sample: its questions are about its own dialogue only. */
export function readLocomo(path: string): Dataset[] {
  const samples = JSON.parse(readFileSync(path, 'utf8')) as readonly Sample[];
  return samples.map((sample) => {
    const memories = turnsOf(sample);
    const ids = new Set(memories.map(({ id }) => id));
    return {
      name: sample.sample_id,
      askedAt: memories[memories.length - 1]?.at ?? '2024-01-01',
      memories,
      questions: questionsOf(sample, ids),
    };
  });
}

function turnsOf({ conversation }: Sample): EvaluationMemory[] {
  const sessions = Object.keys(conversation)
    .flatMap((key) => /^session_(\d+)$/.exec(key)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
  return sessions.flatMap((number) => {
    const at = isoDate(conversation[`session_${number}_date_time`]);
    const turns = conversation[`session_${number}`] as readonly Turn[];
    return turns.map(({ speaker, dia_id, text, blip_caption }) => ({
      id: dia_id,
      at,
      text: [`${speaker}: ${text ?? ''}`, ...(blip_caption === undefined ? [] : [`(image: ${blip_caption})`])].join(
        ' ',
      ),
    }));
  });
}

function questionsOf({ sample_id, qa }: Sample, ids: ReadonlySet<string>): Question[] {
  return qa.flatMap(({ question, category, evidence }, index) => {
    // Some lists are written as one string, and some name turns that do not exist.
    const answers = (evidence ?? []).flatMap((entry) => entry.split(/[;,\s]+/)).filter((id) => ids.has(id));
    if (answers.length === 0 || category === ADVERSARIAL) return [];
    return [
      {
        id: `${sample_id}/${index}`,
        part: 'held-out' as const,
        language: 'en',
        kind: `category ${category ?? 0}`,
        question,
        answers: [...new Set(answers)],
      },
    ];
  });
}

/** `1:56 pm on 8 May, 2023` */
function isoDate(text: unknown): string {
  if (typeof text !== 'string') return '2023-01-01';
  const date = new Date(`${text.replace(/^.* on /, '').replace(',', '')} UTC`);
  return Number.isNaN(date.getTime()) ? '2023-01-01' : date.toISOString().slice(0, 10);
}
