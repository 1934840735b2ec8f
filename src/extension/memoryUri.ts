import * as vscode from 'vscode';
import { DOCUMENT_SCHEME } from './ids.js';

/** Where a memory is read as a document. */
export function memoryUri(blockIndex: number): vscode.Uri {
  return vscode.Uri.from({ scheme: DOCUMENT_SCHEME, path: `/Memory ${blockIndex}.md` });
}
