import type { MemoryService } from '../protocol/memoryService.js';
import { EXPORT_VERSION, VERSION_FIELD, type ExportLine, type SlotLine } from './exportFormat.js';
import { exportPages } from './exportPages.js';
import { MARKDOWN_START, markdownOf, slotMarkdown } from './markdownFormat.js';

export const EXPORT_FORMATS = ['jsonl', 'markdown'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

interface Writing {
  readonly start: string;
  readonly memory: (line: ExportLine) => string;
  readonly slot: (line: SlotLine) => string;
}

const WRITING: { readonly [F in ExportFormat]: Writing } = {
  jsonl: { start: `${JSON.stringify({ [VERSION_FIELD]: EXPORT_VERSION })}\n`, memory: jsonLine, slot: jsonLine },
  markdown: { start: `${MARKDOWN_START}\n\n`, memory: markdownOf, slot: slotMarkdown },
};

export interface ExportOptions {
  readonly format: ExportFormat;
  readonly project?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** After each page. */
  readonly onProgress: (memories: number) => void;
}

/**
 * Writes every memory, oldest first.
 * @param write resolves when it has taken the text, so that no more than a page waits
 * @returns how many memories there were, or null when it was stopped
 */
export async function exportMemories(
  service: MemoryService,
  write: (text: string) => Promise<void>,
  { format, project, signal, onProgress }: ExportOptions,
): Promise<number | null> {
  const writing = WRITING[format];
  let count = 0;
  await write(writing.start);
  for await (const { lines, slots } of exportPages(service, project)) {
    if (signal?.aborted === true) return null;
    count += lines.length;
    await write(
      [...lines.map(({ line }) => writing.memory(line)), ...slots.map((slot) => writing.slot(slot))].join(''),
    );
    onProgress(count);
  }
  return count;
}

function jsonLine(line: object): string {
  return `${JSON.stringify(line)}\n`;
}

/** By the name of the file; JSON Lines where it says nothing. */
export function exportFormatOf(file: string): ExportFormat {
  return /\.(md|markdown)$/i.test(file) ? 'markdown' : 'jsonl';
}
