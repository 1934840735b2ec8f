import type { ExportFormat } from '../transfer/exportRun.js';
import type { ImportSummary } from '../transfer/importRun.js';
import type { ImportFormat } from '../transfer/source.js';
import { describeLeftOut } from '../protocol/leftOut.js';
import { command, InvalidValue, UsageError, type CommandSpec } from './commandSpec.js';
import { EXIT } from './exitCodes.js';
import { openTransfer, WORKER_OPTIONS, type CommonOptions } from './invocation.js';
import { ProgressBar } from './progressBar.js';
import type { Shell } from './shell.js';
import { tagList } from './values.js';

interface ImportOptions extends CommonOptions {
  format?: ImportFormat;
  project?: string;
  tags?: string[];
  dryRun?: true;
}

interface ExportOptions extends CommonOptions {
  format?: ExportFormat;
  project?: string;
  force?: true;
}

export const TRANSFER_COMMANDS: readonly CommandSpec[] = [
  command<ImportOptions>({
    name: 'import',
    says: 'take in memories from a file or another Greeum directory; what is there already stays as it is',
    takes: [{ name: 'source', says: 'a file (.jsonl, .md), a Greeum directory, or - for stdin' }],
    options: [
      {
        flags: '--format <form>',
        says: 'jsonl, markdown, notes or greeum (default: by its name)',
        read: oneOf('jsonl', 'markdown', 'notes', 'greeum'),
      },
      { flags: '--project <name>', says: 'project of memories that name none' },
      { flags: '-t, --tags <list>', says: 'tags that every memory gets, with commas between them', read: tagList },
      { flags: '--dry-run', says: 'write nothing, and say what would be imported' },
      ...WORKER_OPTIONS,
    ],
    run: importFrom,
  }),
  command<ExportOptions>({
    name: 'export',
    says: 'write all memories to a file that can be imported again',
    takes: [{ name: 'file', says: 'where to, or - for stdout' }],
    options: [
      {
        flags: '--format <form>',
        says: 'jsonl or markdown (default: by the name of the file)',
        read: oneOf('jsonl', 'markdown'),
      },
      { flags: '--project <name>', says: 'only this project' },
      { flags: '--force', says: 'replace the file if it is there' },
      ...WORKER_OPTIONS,
    ],
    run: exportTo,
  }),
];

function oneOf<T extends string>(...names: readonly T[]): (text: string) => T {
  return (text) => {
    const name = names.find((candidate) => candidate === text);
    if (name === undefined) throw new InvalidValue(`It must be one of ${names.join(', ')}.`);
    return name;
  };
}

async function importFrom(shell: Shell, options: ImportOptions, given = ''): Promise<void> {
  const { importSource } = await import('../transfer/importRun.js');
  const { openSource } = await import('../transfer/source.js');
  const transfer = await openTransfer(shell, options);
  const bar = progressBar(shell);
  try {
    const { stdin } = shell.system;
    const source = openSource({ given, format: options.format, stdin, target: transfer.client.location });
    const summary = await importSource(transfer.client, source, {
      isDryRun: options.dryRun === true,
      project: options.project,
      tags: options.tags,
      onProgress: ({ added, present, rejected }) => {
        const count = added + present + rejected;
        const ratio = source.totalBytes === null ? null : source.readBytes() / Math.max(source.totalBytes, 1);
        bar.show(ratio, `${count} memories, ${bar.rate(count)}`);
      },
    });
    bar.end();
    if (summary.rejected > 0) shell.setExitCode(EXIT.failed);
    tellProblems(shell, summary);
    shell.output.result({ status: options.dryRun === true ? 'preview' : 'imported', ...summary }, () =>
      describeImport(summary, options.dryRun === true),
    );
  } finally {
    bar.end();
    await transfer.close();
  }
}

function tellProblems({ output }: Shell, { problems, rejected, left_out }: ImportSummary): void {
  if (output.isJson) return;
  for (const { place, error } of problems) output.note(`${place}: ${error.message}`, error.hint);
  if (rejected > problems.length) output.note(`… and ${rejected - problems.length} more.`);
  if (left_out.length > 0) output.note(`Left out, and not stored: ${describeLeftOut(left_out)}.`);
}

function describeImport({ added, present, rejected, links, slots }: ImportSummary, isDryRun: boolean): string {
  const parts = [
    `${isDryRun ? 'Would import' : 'Imported'} ${added} memories`,
    ...(links === 0 ? [] : [`${links} links`]),
    ...(present === 0 ? [] : [`${present} were there already`]),
    ...(rejected === 0 ? [] : [`${rejected} could not be taken`]),
    ...(slots.length === 0 ? [] : [`slots filled: ${slots.join(', ')}`]),
  ];
  return `${parts.join('; ')}.`;
}

async function exportTo(shell: Shell, options: ExportOptions, file = ''): Promise<void> {
  if (file === '-' && shell.output.isJson) {
    throw new UsageError('With --json stdout carries one object; name a file for the export.');
  }
  const { exportFormatOf, exportMemories } = await import('../transfer/exportRun.js');
  const { openExportTarget } = await import('../transfer/exportTarget.js');
  const transfer = await openTransfer(shell, options);
  const bar = progressBar(shell);
  const run = {
    format: options.format ?? exportFormatOf(file),
    project: options.project,
    onProgress: (count: number) => bar.show(null, `${count} memories, ${bar.rate(count)}`),
  };
  try {
    if (file === '-') {
      await exportMemories(transfer.client, (text) => written(shell, text), run);
      return;
    }
    const target = await openExportTarget(file, options.force === true, transfer.client.location);
    const memories = await exportMemories(transfer.client, (text) => target.write(text), run).catch(
      async (error: unknown) => {
        await target.discard();
        throw error;
      },
    );
    await target.finish();
    bar.end();
    shell.output.result({ status: 'exported', memories, file }, () => `Exported ${memories ?? 0} memories to ${file}`);
  } finally {
    bar.end();
    await transfer.close();
  }
}

/** A pipe that is full takes more when its reader has read. */
async function written({ system }: Shell, text: string): Promise<void> {
  const { stdout } = system;
  if (stdout.write(text) !== false || stdout.once === undefined) return;
  await new Promise<void>((resolve) => {
    stdout.once?.('drain', resolve);
    stdout.once?.('close', resolve);
  });
}

function progressBar({ system, output }: Shell): ProgressBar {
  return new ProgressBar(system.stderr, system.stderr.isTTY === true && !output.isJson);
}
