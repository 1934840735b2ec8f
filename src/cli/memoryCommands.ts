import type { Command } from 'commander';
import { action, ask, withKeyOption, withWorkerOptions, type CommonOptions } from './invocation.js';
import type { Shell } from './shell.js';
import type { SearchDetail, SlotName } from '../protocol/operations.js';
import { describeHits, describeList, describeMemory } from './memoryText.js';
import { readText } from './textInput.js';
import { importance, searchDetail, slotName, tagList, wholeNumber } from './values.js';

interface AddOptions extends CommonOptions {
  importance?: number;
  tags?: string[];
  slot?: SlotName;
  project?: string;
  occurredAt?: string;
  idempotencyKey?: string;
}

interface SearchOptions extends CommonOptions {
  count?: number;
  slot?: SlotName;
  project?: string;
  tags?: string[];
  since?: string;
  until?: string;
  detail?: SearchDetail;
}

interface ListOptions extends CommonOptions {
  count?: number;
  before?: number;
  slot?: SlotName;
  project?: string;
}

export function addMemoryCommands(program: Command, shell: Shell): void {
  const memory = program.command('memory').description('add, search and read memories');
  withKeyOption(withWorkerOptions(memory.command('add')))
    .description('add a memory')
    .argument('<text>', 'the text, or - to read it from stdin')
    .option('-i, --importance <number>', 'from 0 to 1 (default: 0.5)', importance)
    .option('-t, --tags <list>', 'tags, with commas between them', tagList)
    .option('-s, --slot <A|B|C>', 'continue what this slot points at', slotName)
    .option('--project <name>', 'project it belongs to')
    .option('--occurred-at <date>', 'when it happened, if that is not now (ISO 8601)')
    .action(action(shell, add));
  withWorkerOptions(memory.command('search'))
    .description('search memories, best first')
    .argument('<query>')
    .option('-c, --count <number>', 'how many at most (default: 5)', wholeNumber)
    .option('-s, --slot <A|B|C>', 'only what this slot leads to', slotName)
    .option('--project <name>', 'only this project')
    .option('-t, --tags <list>', 'only memories that carry all of these', tagList)
    .option('--since <date>', 'only from this date on (ISO 8601)')
    .option('--until <date>', 'only up to this date (ISO 8601)')
    .option('--detail <how>', 'snippet, full or ids (default: snippet)', searchDetail)
    .action(action(shell, search));
  withWorkerOptions(memory.command('show'))
    .description('show one memory with everything known about it')
    .argument('<block>', 'its number, or its full hash')
    .action(action(shell, show));
  withWorkerOptions(memory.command('list'))
    .description('list memories, newest first')
    .option('-c, --count <number>', 'how many at most (default: 20)', wholeNumber)
    .option('--before <block>', 'only older ones than this block', wholeNumber)
    .option('-s, --slot <A|B|C>', 'only what this slot leads to', slotName)
    .option('--project <name>', 'only this project')
    .action(action(shell, list));
}

async function add(shell: Shell, options: AddOptions, given = ''): Promise<void> {
  const { result, via } = await ask(shell, options, 'add_memory', {
    content: await readText(given, shell.system.stdin),
    ...present({
      importance: options.importance,
      tags: options.tags,
      slot: options.slot,
      project: options.project,
      occurred_at: options.occurredAt,
      idempotency_key: options.idempotencyKey,
    }),
  });
  const { block_index, hash, status, slot, branch } = result;
  shell.output.result({ block_index, hash, status, via, slot, branch }, () => `Memory added: block #${block_index}`);
}

async function search(shell: Shell, options: SearchOptions, query = ''): Promise<void> {
  const { slot, project, tags, since, until, detail, count: limit } = options;
  const given = present({ limit, slot, project, tags, since, until, detail });
  const { result, via } = await ask(shell, options, 'search_memory', { query, ...given });
  const results = result.results.map((hit) => ({
    block_index: hit.block_index,
    hash: hit.hash,
    timestamp: hit.timestamp,
    context: hit.context,
    importance: hit.importance,
    score: hit.score,
    slot: hit.slot,
    branch: hit.branch,
    tags: hit.tags,
  }));
  shell.output.result({ results, took_ms: result.took_ms, via }, () => describeHits(result.results));
}

async function show(shell: Shell, options: CommonOptions, block = ''): Promise<void> {
  const which = /^\d{1,15}$/.test(block) ? { block_index: Number(block) } : { hash: block };
  const { result, via } = await ask(shell, options, 'get_memory', which);
  shell.output.result({ ...result, via }, () => describeMemory(result.memory));
}

async function list(shell: Shell, options: ListOptions): Promise<void> {
  const { count: limit, before, slot, project } = options;
  const { result, via } = await ask(shell, options, 'list_memories', present({ limit, before, slot, project }));
  shell.output.result({ ...result, via }, () => describeList(result));
}

/** Without what was not given: an absent field has a default, an undefined one would not travel. */
function present<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
