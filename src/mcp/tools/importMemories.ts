/**
 * Taking in many memories at once. The text itself is given, never a path: an agent that could name a file would read
 * for whoever wrote its instructions. Unlike the other tools this one makes many calls, and tells how far it is.
 */

import { GreeumError } from '../../protocol/errors.js';
import { describeLeftOut } from '../../protocol/leftOut.js';
import { MAX_PORT_REQUEST_BYTES } from '../../protocol/limits.js';
import type { MemoryService } from '../../protocol/memoryService.js';
import { importSource, type ImportSummary } from '../../transfer/importRun.js';
import { TEXT_FORMATS, textSource, type TextFormat } from '../../transfer/textSource.js';
import {
  arrayOf,
  BOOLEAN,
  COUNT,
  described,
  IDEMPOTENCY_KEY,
  inputSchema,
  outputSchema,
  PROJECT,
  record,
  SLOT,
  STRING,
  TAGS,
} from './schemas.js';
import type { ToolDescription } from './tool.js';

/** How far a call is, in bytes of its text. */
export interface ImportProgress {
  readonly progress: number;
  readonly total: number;
  readonly message: string;
}

export interface ImportAnswer extends ImportSummary {
  readonly dry_run: boolean;
}

export const IMPORT_TOOL = {
  name: 'import_memories',
  title: 'Import Memories',
  description:
    'Take in many memories at once from a text that you have: notes in Markdown (a memory for each bullet and section) ' +
    'or JSON Lines (one object with content a line). What is there already is left alone, so it can be repeated. ' +
    'Files on disk are imported by the user: greeum import.',
  inputSchema: inputSchema(
    {
      text: described({ type: 'string', minLength: 1, maxLength: MAX_PORT_REQUEST_BYTES }, 'The notes themselves.'),
      format: described({ type: 'string', enum: [...TEXT_FORMATS] }, 'What the text is.'),
      project: described(PROJECT, 'For memories that name none.'),
      tags: described(TAGS, 'Added to each memory.'),
      dry_run: described({ ...BOOLEAN, default: false }, 'Write nothing, and tell what would be imported.'),
      idempotency_key: { ...IDEMPOTENCY_KEY, description: 'Not needed: repeating an import adds nothing twice.' },
    },
    ['text', 'format'],
  ),
  outputSchema: outputSchema({
    added: COUNT,
    present: COUNT,
    rejected: COUNT,
    links: COUNT,
    slots: arrayOf(SLOT),
    problems: arrayOf(record({ place: STRING, error: { type: 'object' } })),
    left_out: arrayOf(record({ kind: STRING, count: COUNT })),
    dry_run: BOOLEAN,
  }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
} satisfies ToolDescription;

/** Lines that an answer names; a model mends these and imports again. */
const MAX_TOLD = 20;
const ORIGIN = 'a text given to import_memories';

/** @throws GreeumError `invalid_argument`, and what the memory answers; what was taken in before that stays */
export async function importText(
  service: MemoryService,
  args: Readonly<Record<string, unknown>>,
  { signal, onProgress }: { signal?: AbortSignal | undefined; onProgress?: (progress: ImportProgress) => void },
): Promise<ImportAnswer> {
  const { text, format, project, tags, dry_run: isDryRun = false } = checked(args);
  const source = textSource(text, { format, origin: ORIGIN });
  let told = 0;
  const summary = await importSource(service, source, {
    isDryRun,
    project,
    tags,
    signal,
    onProgress: (counts) => {
      const progress = source.readBytes();
      // It must grow with each notification.
      if (progress === told) return;
      told = progress;
      const message = `${counts.added} added, ${counts.present} there already, ${counts.rejected} not taken in`;
      onProgress?.({ progress, total: source.totalBytes ?? 0, message });
    },
  });
  return { ...summary, problems: summary.problems.slice(0, MAX_TOLD), dry_run: isDryRun };
}

interface ImportArguments {
  text: string;
  format: TextFormat;
  project?: string | undefined;
  tags?: readonly string[] | undefined;
  dry_run?: boolean;
}

const KNOWN: ReadonlySet<string> = new Set(Object.keys(IMPORT_TOOL.inputSchema['properties'] as object));

/** What every memory has is checked with each memory; here only what an import has besides. */
function checked(args: Readonly<Record<string, unknown>>): ImportArguments {
  const unknown = Object.keys(args).filter((name) => !KNOWN.has(name));
  const { text, format, tags, project, dry_run: isDryRun } = args;
  if (unknown.length > 0) throw invalid('import_memories has no argument of this name; see tools/list.');
  if (typeof text !== 'string' || text.trim() === '') throw invalid('text holds what is to be imported.');
  if (!TEXT_FORMATS.some((known) => known === format)) throw invalid(`format is ${TEXT_FORMATS.join(' or ')}.`);
  if (tags !== undefined && !Array.isArray(tags)) throw invalid('tags is a list of words.');
  if (project !== undefined && typeof project !== 'string') throw invalid('project is a text.');
  if (isDryRun !== undefined && typeof isDryRun !== 'boolean') throw invalid('dry_run is true or false.');
  return args as unknown as ImportArguments;
}

function invalid(message: string): GreeumError {
  return new GreeumError('invalid_argument', message);
}

export function importedText({ added, present, rejected, problems, left_out, dry_run }: ImportAnswer): string {
  const head = dry_run ? 'Nothing was written. It would be: ' : '';
  const lines = [`${head}${added} added, ${present} there already, ${rejected} not taken in.`];
  for (const { place, error } of problems) lines.push(`${place}: ${error.message}`);
  if (rejected > problems.length) lines.push(`… and ${rejected - problems.length} more.`);
  if (left_out.length > 0) lines.push(`Left out, and not stored: ${describeLeftOut(left_out)}`);
  return lines.join('\n');
}
