import type { MemoryStats, ReembedResult, ReindexResult, VerifyResult } from '../protocol/operations.js';
import { EXIT } from './exitCodes.js';
import { command, type CommandSpec } from './commandSpec.js';
import { ask, ENDPOINT_OPTION, WORKER_OPTIONS, type CommonOptions } from './invocation.js';
import type { Shell } from './shell.js';

export const STORE_COMMANDS: readonly CommandSpec[] = [
  command<CommonOptions>({ name: 'stats', says: 'count what the memory holds', options: WORKER_OPTIONS, run: stats }),
  command<CommonOptions>({
    name: 'verify',
    says: 'check the hash chain and every reference; exit status 1 when something is wrong',
    options: WORKER_OPTIONS,
    run: verify,
  }),
  command<CommonOptions>({
    name: 'reindex',
    says: 'build the search index of the running worker again; Ctrl+C leaves the old one',
    options: [ENDPOINT_OPTION],
    run: reindex,
  }),
  command<CommonOptions>({
    name: 'reembed',
    says: 'have the model of the running worker make all vectors again; Ctrl+C keeps what was made',
    options: [ENDPOINT_OPTION],
    run: reembed,
  }),
];

/** Of a model and very many memories. */
const LONG_MS = 24 * 60 * 60_000;

async function stats(shell: Shell, options: CommonOptions): Promise<void> {
  const { result, via } = await ask(shell, options, 'get_memory_stats', {});
  shell.output.result({ ...result, via }, () => describeStats(result));
}

async function verify(shell: Shell, options: CommonOptions): Promise<void> {
  const { result, via } = await ask(shell, options, 'verify', {});
  if (!result.ok) shell.setExitCode(EXIT.failed);
  shell.output.result({ ...result, via }, () => describeVerify(result));
}

async function reindex(shell: Shell, options: CommonOptions): Promise<void> {
  const { result } = await ask(shell, options, 'reindex', {}, LONG_MS);
  shell.output.result(result, () => describeReindex(result));
}

async function reembed(shell: Shell, options: CommonOptions): Promise<void> {
  const { result } = await ask(shell, options, 'reembed', {}, LONG_MS);
  shell.output.result(result, () => describeReembed(result));
}

function describeReindex({ memories }: ReindexResult): string {
  return `The search index was built again: ${memories} memories.`;
}

function describeReembed({ embedded, refused, model }: ReembedResult): string {
  const left = refused === 0 ? '' : ` It takes no text of ${refused}; they keep what they had.`;
  return `${embedded} vectors were made again by ${model}.${left}`;
}

function describeStats(stats: MemoryStats): string {
  const projects = stats.projects.map(({ name, blocks }) => `${name} (${blocks})`).join(', ');
  const rows: readonly [string, string][] = [
    ['memories', String(stats.blocks)],
    ['branches', String(stats.branches)],
    ['links', String(stats.associations)],
    ['tags', String(stats.tags)],
    ['projects', projects || 'none'],
    ['first', stats.first_timestamp ?? 'none'],
    ['last', stats.last_timestamp ?? 'none'],
    ['database', `${stats.database} (${stats.database_bytes} bytes)`],
    ['journal', `${stats.journal_bytes} bytes`],
  ];
  return rows.map(([name, value]) => `${name.padEnd(10)}${value}`).join('\n');
}

function describeVerify({ ok, blocks, problems }: VerifyResult): string {
  if (ok) return `All good: ${blocks} memories, one unbroken chain, every reference leads somewhere.`;
  const lines = problems.map(({ block_index, problem }) =>
    block_index === null ? problem : `#${block_index}: ${problem}`,
  );
  return [`${problems.length} problems in ${blocks} memories:`, ...lines].join('\n');
}
