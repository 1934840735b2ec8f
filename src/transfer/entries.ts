/** What every source of an import comes down to: entries in the order in which they are to be taken in. */

import type { GreeumError } from '../protocol/errors.js';
import type { SlotName } from '../protocol/operations.js';
import type { ImportRecord } from '../protocol/transfer.js';

/** How a source calls its own memories: by number or by name. */
export type SourceId = number | string;

export type SourceLink = { readonly type: string; readonly strength: number } & (
  { readonly to: SourceId } | { readonly from: SourceId }
);

/** A memory, which may refer to those that came before it. */
export interface MemoryEntry {
  readonly kind: 'memory';
  /** Where it stands in the source, such as `line 12`. */
  readonly place: string;
  /** Null: nothing refers to it. */
  readonly id: SourceId | null;
  readonly record: Omit<ImportRecord, 'before' | 'supersedes' | 'links' | 'place' | 'twin'>;
  readonly before?: SourceId | null;
  readonly supersedes?: SourceId | null;
  readonly links?: readonly SourceLink[];
}

/** A link between two memories that may come at any place. */
export interface LinkEntry {
  readonly kind: 'link';
  readonly place: string;
  readonly from: SourceId;
  readonly to: SourceId;
  readonly type: string;
}

export interface SlotEntry {
  readonly kind: 'slot';
  readonly slot: SlotName;
  readonly memory: SourceId;
  readonly pinned: boolean;
  readonly last_seen: number;
}

/** Something that cannot be read; what comes after it still can. */
export interface ProblemEntry {
  readonly kind: 'problem';
  readonly place: string;
  readonly error: GreeumError;
}

export type Entry = MemoryEntry | LinkEntry | SlotEntry | ProblemEntry;
