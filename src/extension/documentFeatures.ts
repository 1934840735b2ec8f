import path from 'node:path';
import * as vscode from 'vscode';
import type { MemoryService } from '../protocol/memoryService.js';
import { isSafePath, memoryReferences, placeReference, type TextSpan } from './documentLinks.js';
import { memoryUri } from './memoryUri.js';
import { reader } from './views/treeItems.js';
import { memoryTooltip } from './views/treeText.js';

const { l10n } = vscode;

/** Links in the document of a memory: to other memories, and back to where it was noted. */
export async function documentLinks(document: vscode.TextDocument): Promise<vscode.DocumentLink[]> {
  const text = document.getText();
  const links = memoryReferences(text).map((reference) => {
    const link = new vscode.DocumentLink(rangeOf(reference), memoryUri(reference.blockIndex));
    link.tooltip = l10n.t('Open memory #{0}', reference.blockIndex);
    return link;
  });
  const place = placeReference(text);
  const file = place === null ? null : await findFile(place.file);
  if (place === null || file === null) return links;
  const { startLine, endLine } = place;
  // The editor reads lines from such a fragment.
  const target = file.with({ fragment: `L${startLine},1-L${endLine + 1},1` });
  const link = new vscode.DocumentLink(rangeOf(place), target);
  link.tooltip = l10n.t('Go to where it was noted');
  return [...links, link];
}

/** First words of the memory that is referred to at the position. */
export async function documentHover(
  document: vscode.TextDocument,
  position: vscode.Position,
  service: MemoryService,
): Promise<vscode.Hover | null> {
  const found = memoryReferences(document.getText()).find((each) => rangeOf(each).contains(position));
  if (found === undefined) return null;
  const { memory } = await service.call('get_memory', { block_index: found.blockIndex });
  return new vscode.Hover(new vscode.MarkdownString(memoryTooltip(memory, reader())), rangeOf(found));
}

function rangeOf({ line, start, length }: TextSpan): vscode.Range {
  return new vscode.Range(line, start, line, start + length);
}

/** The file that a memory names, when it is there; a relative path is one in a workspace folder. */
async function findFile(file: string): Promise<vscode.Uri | null> {
  if (!isSafePath(file)) return null;
  const folders = vscode.workspace.workspaceFolders ?? [];
  const candidates = path.isAbsolute(file)
    ? [vscode.Uri.file(file)]
    : folders.map(({ uri }) => vscode.Uri.joinPath(uri, file));
  for (const uri of candidates) {
    if (await isFile(uri)) return uri;
  }
  return null;
}

async function isFile(uri: vscode.Uri): Promise<boolean> {
  try {
    return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.File) !== 0;
  } catch {
    // Moved, deleted or out of reach since: then there is nothing to go to.
    return false;
  }
}
