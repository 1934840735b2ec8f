/** What leads to a memory: associations between two of them, and the slots. */

import type { SlotName } from './slots.js';

export interface AssociationRecord {
  association_id: string;
  source: number;
  target: number;
  type: string;
  /** 0 to 1. */
  strength: number;
}

export interface AssociationChange {
  source: number;
  target: number;
  /** Default `semantic`. */
  type?: string;
  /** 0 to 1; default 0.5. */
  strength?: number;
}

export interface UpdateAssociationsInput {
  add?: readonly AssociationChange[];
  remove?: readonly { source: number; target: number }[];
  idempotency_key?: string;
}

export interface UpdateAssociationsResult {
  status: 'updated';
  added: AssociationRecord[];
  /** How many links were there and are gone; one that `add` names as well stays. */
  removed: number;
}

export interface ListAssociationsInput {
  block_index?: number;
  limit?: number;
}

export interface ListAssociationsResult {
  associations: AssociationRecord[];
}

export interface AnchorUpdateInput {
  slot: SlotName;
  /** Block to point at; null clears the slot; absent keeps what it points at (to change `pinned` alone). */
  block_index?: number | null;
  pinned?: boolean;
  idempotency_key?: string;
}

export interface AnchorRecord {
  slot: SlotName;
  block_index: number | null;
  hash: string | null;
  /** First 160 code points of the block's text. */
  summary: string;
  pinned: boolean;
  /** Unix seconds; 0 when the slot was never used. */
  last_seen: number;
}

export interface AnchorUpdateResult {
  status: 'updated';
  anchor: AnchorRecord;
}

export interface ListAnchorsResult {
  anchors: AnchorRecord[];
}
