import * as vscode from 'vscode';
import type { AnchorRecord } from '../../protocol/operations.js';
import { COMMANDS } from '../ids.js';
import { blockOf } from '../targets.js';
import type { TreeNode } from './memoryTree.js';

/** What travels from a row of memories to a slot: a block index in decimal digits. */
const MEMORY_MIME = 'application/vnd.greeum.memory';

/** The side of the views that list memories. A slot points at one memory, so the first of several rows travels. */
export const dragMemory: vscode.TreeDragAndDropController<TreeNode> = {
  dragMimeTypes: [MEMORY_MIME],
  dropMimeTypes: [],
  handleDrag(rows, data) {
    const block = rows.map(blockOf).find((each) => each !== undefined);
    if (block !== undefined) data.set(MEMORY_MIME, new vscode.DataTransferItem(String(block)));
  },
};

/** The side of the slots. Beside them there is none to take: then the command asks which one is meant. */
export const dropOnSlot: vscode.TreeDragAndDropController<AnchorRecord> = {
  dragMimeTypes: [],
  dropMimeTypes: [MEMORY_MIME],
  async handleDrop(target, data) {
    const block = await data.get(MEMORY_MIME)?.asString();
    if (block !== undefined) await vscode.commands.executeCommand(COMMANDS.setSlot, Number(block), target?.slot);
  },
};
