/** Rows as `verify` needs them from a store, which may give them one at a time. */

import type { SlotName } from './operations.js';

export interface VerifyBlock {
  readonly blockIndex: number;
  readonly timestamp: string;
  readonly context: string;
  readonly importance: number;
  readonly hash: string;
  readonly prevHash: string;
  readonly root: string | null;
  readonly before: string | null;
  /** JSON text as it is in the row; null where the column is. */
  readonly after: string | null;
}

export interface VerifyNode {
  readonly nodeId: string;
  readonly blockIndex: number | null;
}

export interface VerifyAssociation {
  readonly associationId: string;
  readonly sourceNodeId: string | null;
  readonly targetNodeId: string | null;
}

export interface VerifyInput {
  /** By ascending block index. */
  readonly blocks: Iterable<VerifyBlock>;
  readonly nodes: Iterable<VerifyNode>;
  readonly associations: Iterable<VerifyAssociation>;
  readonly slots: Iterable<{ readonly slot: SlotName; readonly anchorHash: string | null }>;
}
