import type { MemoryService } from '../protocol/memoryService.js';
import type { AnchorRecord } from '../protocol/operations.js';
import type { ExportedMemory } from '../protocol/transfer.js';
import { exportLine, slotLine, type ExportLine, type SlotLine } from './exportFormat.js';
import { Numbering } from './numbering.js';

export interface ExportPage {
  readonly lines: readonly { readonly line: ExportLine; readonly memory: ExportedMemory }[];
  /** With the last page. */
  readonly slots: readonly SlotLine[];
}

/** Everything a memory holds, a page at a time. */
export async function* exportPages(service: MemoryService, project?: string): AsyncGenerator<ExportPage> {
  const numbering = new Numbering();
  const scope = project === undefined ? {} : { project };
  let after: number | null = null;
  do {
    const page = await nextPage(service, after, scope);
    const lines = page.memories.map((memory) => ({ memory, line: exportLine(memory, numbering) }));
    after = page.next_after;
    yield { lines, slots: after === null ? slotsOf((await service.call('list_anchors', {})).anchors, numbering) : [] };
  } while (after !== null);
}

function nextPage(service: MemoryService, after: number | null, scope: { project?: string }) {
  return service.call('export_memories', { ...(after === null ? {} : { after }), ...scope });
}

function slotsOf(anchors: readonly AnchorRecord[], numbering: Numbering): SlotLine[] {
  return anchors.flatMap((anchor) => slotLine(anchor, numbering) ?? []);
}
