/**
 * The tools of Python Greeum, for its command line and scripts, which know our worker by `worker_state.json` or
 * `GREEUM_MCP_HTTP`. They answer to the bare `tools/call` only: an agent that lists tools should not see two names for
 * one thing. Texts are those that Python's command line prints and looks into; what it has broken works here.
 */

import { GreeumError } from '../protocol/errors.js';
import type { CallOptions, MemoryService } from '../protocol/memoryService.js';
import type { MemoryRecord } from '../protocol/operations.js';
import { memoryLine } from './tools/text.js';

type Arguments = Readonly<Record<string, unknown>>;
type PythonTool = (service: MemoryService, args: Arguments, options: CallOptions) => Promise<string>;

/** `CallToolResult` of MCP, without structure: Python's client reads the text. */
export interface PythonResult {
  content: [{ type: 'text'; text: string }];
  isError: boolean;
}

const DEFAULT_FETCHED = 10;
const DEFAULT_BY_DATE = 20;
const DEFAULT_DAYS = 7;
const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_COUNTED = 1_000;

const PYTHON_TOOLS: Readonly<Record<string, PythonTool>> = {
  search,
  fetch: fetchMemories,
  get_recent_memories: recent,
  get_memories_by_date: byDate,
  usage_analytics: analytics,
  analyze: analytics,
  system_doctor: doctor,
};

export function isPythonTool(name: unknown): name is string {
  return typeof name === 'string' && Object.hasOwn(PYTHON_TOOLS, name);
}

/** Never throws: a failure is a text that begins with `ERROR:`, as there. */
export async function callPythonTool(
  service: MemoryService,
  name: string,
  args: Arguments,
  options: CallOptions,
): Promise<PythonResult> {
  try {
    const text = await (PYTHON_TOOLS[name] as PythonTool)(service, args, options);
    return { content: [{ type: 'text', text }], isError: false };
  } catch (error) {
    const { message, hint } = GreeumError.from(error);
    const text = `ERROR: ${message}${hint === undefined ? '' : ` ${hint}`}`;
    return { content: [{ type: 'text', text }], isError: true };
  }
}

/** Arguments that Python's client sends with `add_memory` and `search_memory`, and that mean nothing to us. */
const UNKNOWN_HERE = ['threshold', 'fallback', 'depth', 'tolerance', 'entry', 'radius'] as const;

/**
 * What Python's client sends, as our tools take it: it puts tags into the metadata, and null where it has nothing.
 * Arguments that are ours stay as they are.
 */
export function pythonArguments(name: string, args: Arguments): Arguments {
  if (name !== 'add_memory' && name !== 'search_memory') return args;
  const given = Object.fromEntries(Object.entries(args).filter(([, value]) => value !== null));
  if (name === 'search_memory') {
    return Object.fromEntries(
      Object.entries(given).filter(([field]) => !UNKNOWN_HERE.some((other) => other === field)),
    );
  }
  const { metadata, ...rest } = given;
  if (!isRecord(metadata) || rest['tags'] !== undefined || !isTags(metadata['tags'])) return given;
  const { tags, ...others } = metadata;
  return { ...rest, tags: tags.map((tag) => tag.trim()).filter((tag) => tag !== ''), metadata: others };
}

function isTags(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((tag) => typeof tag === 'string');
}

async function search(service: MemoryService, args: Arguments, options: CallOptions): Promise<string> {
  const query = args['query'];
  const { results } = await service.call(
    'search_memory',
    { query: query as string, ...limitOf(args, 'limit') },
    options,
  );
  return results.length === 0 ? `No memories found for query: '${String(query)}'` : found(results);
}

/** One memory by its number; without one the latest `count`. */
async function fetchMemories(service: MemoryService, args: Arguments, options: CallOptions): Promise<string> {
  const id = args['block_id'];
  const limit = limitOf(args, 'count', DEFAULT_FETCHED);
  if (id === undefined || id === null || id === '') {
    const { memories } = await service.call('list_memories', limit, options);
    return listed(memories);
  }
  const digits = typeof id === 'number' ? String(id) : id;
  if (typeof digits !== 'string' || !/^#?\d{1,15}$/.test(digits.trim())) {
    throw new GreeumError('invalid_argument', 'block_id is an integer, such as 12.');
  }
  const blockIndex = Number(digits.trim().replace('#', ''));
  try {
    const { memory } = await service.call('get_memory', { block_index: blockIndex }, options);
    return memoryLine(memory, 1, true);
  } catch (error) {
    const known = GreeumError.from(error);
    if (known.code !== 'unknown_block') throw known;
    throw new GreeumError('unknown_block', `Block #${blockIndex} was not found.`, { cause: error });
  }
}

async function recent(service: MemoryService, args: Arguments, options: CallOptions): Promise<string> {
  const { memories } = await service.call('list_memories', limitOf(args, 'limit', DEFAULT_FETCHED), options);
  return listed(memories);
}

/** Both days inclusive; without an end up to now. */
async function byDate(service: MemoryService, args: Arguments, options: CallOptions): Promise<string> {
  const [since, until] = [args['start_date'], args['end_date']];
  if (since === undefined || since === null) {
    throw new GreeumError('invalid_date', 'start_date is missing.', { hint: 'Give it as YYYY-MM-DD.' });
  }
  const dates = {
    since: since as string,
    ...(until === undefined || until === null ? {} : { until: until as string }),
  };
  const { memories } = await service.call(
    'list_memories',
    { ...limitOf(args, 'limit', DEFAULT_BY_DATE), ...dates },
    options,
  );
  return listed(memories);
}

async function analytics(service: MemoryService, args: Arguments, options: CallOptions): Promise<string> {
  const days = args['days'] === undefined || args['days'] === null ? DEFAULT_DAYS : args['days'];
  if (typeof days !== 'number' || !Number.isInteger(days) || days < 1 || days > 90) {
    throw new GreeumError('invalid_argument', 'days is a whole number from 1 to 90.');
  }
  const stats = await service.call('get_memory_stats', {}, options);
  const since = new Date(Date.now() - days * DAY_MS).toISOString();
  const { memories, next_before: more } = await service.call('list_memories', { since, limit: MAX_COUNTED }, options);
  return [
    `**Usage of the last ${days} days**\n`,
    `**New Memories**: ${memories.length}${more === null ? '' : ' or more'}`,
    `**Total Blocks**: ${stats.blocks}`,
    `**Slots**: ${counted(memories.map(({ slot }) => slot ?? 'none'))}`,
    `**Tags**: ${counted(memories.flatMap(({ tags }) => tags))}`,
    `**Projects**: ${counted(memories.flatMap(({ project }) => (project === null ? [] : [project])))}`,
  ].join('\n');
}

/** Looks, and changes nothing: repairs are for `greeum doctor`, while no worker runs. */
async function doctor(service: MemoryService, _args: Arguments, options: CallOptions): Promise<string> {
  const { ok, blocks, problems } = await service.call('verify', {}, options);
  if (ok) return `**System Doctor**\n\n**Status**: healthy\n**Blocks**: ${blocks}, every hash and reference is right.`;
  const shown = problems.slice(0, DEFAULT_FETCHED).map(({ block_index: index, problem }) => {
    return `• ${index === null ? '' : `#${index}: `}${problem}`;
  });
  return `**System Doctor**\n\n**Status**: ${problems.length} problems in ${blocks} blocks\n${shown.join('\n')}`;
}

function limitOf(args: Arguments, field: string, otherwise?: number): { limit?: number } {
  const value = args[field] ?? otherwise;
  return value === undefined ? {} : { limit: value as number };
}

function listed(memories: readonly MemoryRecord[]): string {
  return memories.length === 0 ? 'No memories found.' : found(memories);
}

function found(memories: readonly MemoryRecord[]): string {
  const lines = memories.map((memory, index) => memoryLine(memory, index + 1));
  return [`Found ${memories.length} memories:`, ...lines].join('\n');
}

/** `a (3), b (1)`, the most frequent first. */
function counted(names: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  const best = [...counts].sort((a, b) => b[1] - a[1]).slice(0, DEFAULT_FETCHED);
  return best.map(([name, count]) => `${name} (${count})`).join(', ') || 'none';
}

function isRecord(value: unknown): value is Arguments {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
