import * as vscode from 'vscode';
import type { AddMemoryResult, QueuedMemory } from '../../protocol/operations.js';
import { contentProblem } from '../contentCheck.js';
import { originOf } from '../project.js';
import { remember } from '../remember.js';
import { lastSelectedLine, memoryOfSelection, type EditorSelection } from '../selection.js';
import type { Services } from '../services.js';

const { l10n } = vscode;

/** Adds what is selected in the editor, with its file, lines and language, and a note that says why. */
export async function addSelection(services: Services): Promise<AddMemoryResult | QueuedMemory | undefined> {
  const editor = vscode.window.activeTextEditor;
  const selection = editor === undefined ? null : selectionOf(editor);
  if (editor === undefined || selection === null) {
    void vscode.window.showInformationMessage(l10n.t('Select some text in an editor first.'));
    return undefined;
  }
  const note = await askForNote(selection);
  if (note === undefined) return undefined;
  const { metadata, ...project } = await originOf(editor.document.uri);
  const memory = memoryOfSelection(selection, note);
  return remember(services, { ...memory, ...project, metadata: { ...metadata, ...memory.metadata } });
}

function selectionOf({ document, selection }: vscode.TextEditor): EditorSelection | null {
  const text = document.getText(selection);
  if (text.trim() === '') return null;
  const { start, end } = selection;
  return {
    text,
    file: document.isUntitled ? null : vscode.workspace.asRelativePath(document.uri, false),
    startLine: start.line + 1,
    endLine: lastSelectedLine(start.line, end.line, end.character) + 1,
    language: document.languageId,
  };
}

async function askForNote(selection: EditorSelection): Promise<string | undefined> {
  const { startLine, endLine } = selection;
  const lines = startLine === endLine ? l10n.t('line {0}', startLine) : l10n.t('lines {0} to {1}', startLine, endLine);
  return vscode.window.showInputBox({
    title: l10n.t('Greeum: Add Selection to Memory ({0})', lines),
    prompt: l10n.t('Why is it worth remembering? (optional)'),
    ignoreFocusOut: true,
    validateInput: (note) => contentProblem(memoryOfSelection(selection, note).content, l10n),
  });
}
