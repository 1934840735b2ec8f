/** Memories in words, for a terminal. */

import { marked } from './marks.js';
import type {
  AddMemoryResult,
  ListMemoriesResult,
  MemoryDetail,
  MemoryRecord,
  QueuedMemory,
  ScoreExplanation,
  SearchHit,
  SearchMemoryResult,
} from '../protocol/operations.js';

export function describeAdded({ status, block_index, similarity = 1 }: AddMemoryResult): string {
  if (status === 'added') return `Memory added: block #${block_index}`;
  const percent = Math.floor(similarity * 100);
  return (
    `Nothing added: block #${block_index} says the same already (${percent} % alike).\n` +
    `  To replace it, repeat with --supersedes ${block_index}; to keep both, with --allow-duplicate.`
  );
}

export function describeQueued({ waiting }: QueuedMemory): string {
  const others = waiting === 1 ? '' : `, with ${waiting - 1} more`;
  return `Queued: the team's database is away. The memory waits safely on this machine${others}, and has no number yet.`;
}

export function describeSearch({ results, next_cursor }: SearchMemoryResult): string {
  if (results.length === 0) return 'No memories found.';
  const more = next_cursor === undefined ? [] : [`More: repeat with --cursor ${next_cursor}`];
  return [...results.map(describeHit), ...more].join('\n\n');
}

function describeHit(hit: SearchHit): string {
  const { context, matches, alike = [], explanation } = hit;
  return [
    `${headline(hit)}  ${standing(hit)}`,
    indented(marked(context, matches)),
    ...(alike.length === 0 ? [] : [`  nearly the same: ${alike.map((index) => `#${index}`).join(', ')}`]),
    ...(explanation === undefined ? [] : [`  score: ${describeScore(explanation)}`]),
  ].join('\n');
}

/** `words 0.61 (cache 0.40, cold 0.21) + context 0.05 + …`; parts that give nothing are left out. */
function describeScore({ by_word, ...parts }: ScoreExplanation): string {
  const said = Object.entries<number>({ ...parts }).filter(([, value]) => value >= 0.0005);
  const words = by_word.map(({ word, score }) => `${word} ${score.toFixed(3)}`).join(', ');
  const line = ([name, value]: [string, number]): string => {
    const detail = name === 'words' && words !== '' ? ` (${words})` : '';
    return `${name.replace('_', ' ')} ${value.toFixed(3)}${detail}`;
  };
  return said.map(line).join(' + ');
}

function standing({ score, neighbour }: SearchHit): string {
  return `score ${score.toFixed(2)}${neighbour === true ? ', beside a match' : ''}`;
}

export function describeList({ memories, next_before }: ListMemoriesResult): string {
  if (memories.length === 0) return 'No memories.';
  const lines = memories.map((memory) => `${headline(memory)}\n${indented(firstLine(memory.context))}`);
  const more = next_before === null ? [] : [`More: greeum memory list --before ${next_before}`];
  return [...lines, ...more].join('\n');
}

export function describeMemory(memory: MemoryDetail): string {
  const links = memory.associations.map(
    ({ source, target, type, strength }) => `#${source} -> #${target} (${type} ${strength.toFixed(2)})`,
  );
  const facts: readonly [string, string][] = [
    ['hash', memory.hash],
    ['branch', memory.branch ?? ''],
    ['replaced', memory.superseded_by === null ? '' : `by #${memory.superseded_by}`],
    ['project', memory.project ?? ''],
    ['occurred', memory.occurred_at ?? ''],
    ['importance', String(memory.importance)],
    ['keywords', memory.keywords.join(', ')],
    ['links', links.join(', ')],
    ['metadata', Object.keys(memory.metadata).length === 0 ? '' : JSON.stringify(memory.metadata)],
  ];
  const known = facts.filter(([, value]) => value !== '').map(([name, value]) => `${name.padEnd(11)}${value}`);
  return [headline(memory), '', memory.context, '', ...known].join('\n');
}

function headline({ block_index, timestamp, slot, tags, project }: MemoryRecord): string {
  const parts = [
    `#${block_index}`,
    timestamp.slice(0, 16).replace('T', ' '),
    slot === null ? '' : `slot ${slot}`,
    project === null ? '' : `project ${project}`,
    tags.length === 0 ? '' : `[${tags.join(', ')}]`,
  ];
  return parts.filter((part) => part !== '').join('  ');
}

function firstLine(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}

function indented(text: string): string {
  return text
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
