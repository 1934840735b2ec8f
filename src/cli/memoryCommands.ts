import { command, type CommandSpec } from './commandSpec.js';
import { ask, KEY_OPTION, WORKER_OPTIONS, type CommonOptions } from './invocation.js';
import type { Shell } from './shell.js';
import { describeLeftOut } from '../protocol/leftOut.js';
import type { SearchDetail, SlotName } from '../protocol/operations.js';
import { describeAdded, describeQueued, describeSearch, describeList, describeMemory } from './memoryText.js';
import { readText } from './textInput.js';
import { ratio, searchDetail, slotName, tagList, wholeNumber } from './values.js';

interface AddOptions extends CommonOptions {
  importance?: number;
  tags?: string[];
  slot?: SlotName;
  project?: string;
  occurredAt?: string;
  allowDuplicate?: boolean;
  supersedes?: number;
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
  neighbours: boolean;
  includeGlobal?: boolean;
  cursor?: string;
  maxTokens?: number;
  diversity?: number;
  duplicates?: boolean;
  explain?: boolean;
}

interface ListOptions extends CommonOptions {
  count?: number;
  before?: number;
  slot?: SlotName;
  project?: string;
}

export const MEMORY_COMMANDS: readonly CommandSpec[] = [
  command<AddOptions>({
    name: 'memory add',
    says: 'add a memory',
    takes: [{ name: 'text', says: 'the text, or - to read it from stdin' }],
    options: [
      { flags: '-i, --importance <number>', says: 'from 0 to 1 (default: 0.5)', read: ratio },
      { flags: '-t, --tags <list>', says: 'tags, with commas between them', read: tagList },
      { flags: '-s, --slot <A|B|C>', says: 'continue what this slot points at', read: slotName },
      { flags: '--project <name>', says: 'project it belongs to' },
      { flags: '--occurred-at <date>', says: 'when it happened, if that is not now (ISO 8601)' },
      { flags: '--allow-duplicate', says: 'add it even if a memory says the same already' },
      { flags: '--supersedes <block>', says: 'number of an older memory that this one replaces', read: wholeNumber },
      KEY_OPTION,
      ...WORKER_OPTIONS,
    ],
    run: add,
  }),
  command<SearchOptions>({
    name: 'memory search',
    says: 'search memories, best first',
    takes: [{ name: 'query' }],
    options: [
      { flags: '-c, --count <number>', says: 'how many at most (default: 5)', read: wholeNumber },
      { flags: '-s, --slot <A|B|C>', says: 'only what this slot leads to', read: slotName },
      { flags: '--project <name>', says: 'only this project' },
      { flags: '-t, --tags <list>', says: 'only memories that carry all of these', read: tagList },
      { flags: '--since <date>', says: 'only from this date on (ISO 8601, "last week", "3 days ago", 지난주)' },
      { flags: '--until <date>', says: 'only up to this date (likewise)' },
      { flags: '--detail <how>', says: 'snippet, full or ids (default: snippet)', read: searchDetail },
      { flags: '--include-global', says: 'with --project: also what belongs to no project' },
      { flags: '--cursor <text>', says: 'what comes after the results that ended with this cursor' },
      { flags: '--max-tokens <number>', says: 'about how long the results may be as JSON', read: wholeNumber },
      { flags: '--diversity <number>', says: 'from 0 (the best) to 1 (the most different)', read: ratio },
      { flags: '--duplicates', says: 'near-duplicates as results of their own' },
      { flags: '--explain', says: 'how each score comes about' },
      { flags: '--no-neighbours', says: 'only memories that have some of the words themselves' },
      ...WORKER_OPTIONS,
    ],
    run: search,
  }),
  command<CommonOptions>({
    name: 'memory show',
    says: 'show one memory with everything known about it',
    takes: [{ name: 'block', says: 'its number, or its full hash' }],
    options: WORKER_OPTIONS,
    run: show,
  }),
  command<ListOptions>({
    name: 'memory list',
    says: 'list memories, newest first',
    options: [
      { flags: '-c, --count <number>', says: 'how many at most (default: 20)', read: wholeNumber },
      { flags: '--before <block>', says: 'only older ones than this block', read: wholeNumber },
      { flags: '-s, --slot <A|B|C>', says: 'only what this slot leads to', read: slotName },
      { flags: '--project <name>', says: 'only this project' },
      ...WORKER_OPTIONS,
    ],
    run: list,
  }),
];

async function add(shell: Shell, options: AddOptions, given = ''): Promise<void> {
  const { result, via } = await ask(shell, options, 'add_memory', {
    content: await readText(given, shell.system),
    ...present({
      importance: options.importance,
      tags: options.tags,
      slot: options.slot,
      project: options.project,
      occurred_at: options.occurredAt,
      allow_duplicate: options.allowDuplicate,
      supersedes: options.supersedes,
      idempotency_key: options.idempotencyKey,
    }),
  });
  const { left_out } = result;
  if (left_out !== undefined && !shell.output.isJson) {
    shell.output.note(`Left out, and not stored: ${describeLeftOut(left_out)}.`);
  }
  if (result.status === 'queued') return shell.output.result({ ...result, via }, () => describeQueued(result));
  const { block_index, hash, status, slot, branch, similarity } = result;
  shell.output.result({ block_index, hash, status, via, slot, branch, ...present({ similarity, left_out }) }, () =>
    describeAdded(result),
  );
}

async function search(shell: Shell, options: SearchOptions, query = ''): Promise<void> {
  const { slot, project, tags, since, until, detail, count: limit } = options;
  const given = present({
    ...{ limit, slot, project, tags, since, until, detail },
    neighbours: options.neighbours ? undefined : false,
    include_global: options.includeGlobal,
    cursor: options.cursor,
    max_tokens: options.maxTokens,
    diversity: options.diversity,
    duplicates: options.duplicates,
    explain: options.explain,
  });
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
    ...present({
      neighbour: hit.neighbour,
      truncated: hit.truncated,
      matches: hit.matches,
      alike: hit.alike,
      explanation: hit.explanation,
    }),
  }));
  const { took_ms, next_cursor } = result;
  shell.output.result({ results, ...present({ next_cursor }), took_ms, via }, () => describeSearch(result));
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
