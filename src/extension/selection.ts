/** What a memory made from the editor says about where it comes from. Pure. */

import { MAX_PROJECT_CHARS } from '../protocol/limits.js';
import type { JsonObject } from '../protocol/json.js';
import type { AddMemoryInput } from '../protocol/operations.js';

export interface EditorSelection {
  text: string;
  /** Path in the workspace with forward slashes, or the whole path of a file outside it; null for an unsaved one. */
  file: string | null;
  /** First and last line, counted from 1. */
  startLine: number;
  endLine: number;
  /** The editor's language identifier, such as `typescript`. */
  language: string;
}

/** The memory of a selection; the note, when there is one, comes first because it says why. */
export function memoryOfSelection(
  selection: EditorSelection,
  note: string,
): Pick<AddMemoryInput, 'content' | 'metadata'> {
  const { text, file, startLine, endLine, language } = selection;
  const content = note.trim() === '' ? text : `${note.trim()}\n\n${text}`;
  const place: JsonObject = file === null ? {} : { file };
  return { content, metadata: { ...place, start_line: startLine, end_line: endLine, language } };
}

/** A line that the selection only touches with its very start is not part of it. */
export function lastSelectedLine(startLine: number, endLine: number, endCharacter: number): number {
  return endCharacter === 0 && endLine > startLine ? endLine - 1 : endLine;
}

/** Name of a workspace folder as a project; undefined where there is none or it cannot be one. */
export function projectOf(folderName: string | undefined): { project?: string } {
  const name = folderName?.trim() ?? '';
  return name === '' || name.length > MAX_PROJECT_CHARS ? {} : { project: name };
}
