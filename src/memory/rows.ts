/** Rows that more than one rule writes. */

import type { RowWrite } from '../protocol/change.js';

/** The node that stands for a block in associations. It has no copy of the vector: Greeum takes null there. */
export function nodeRow(nodeId: string, blockIndex: number, content: string, timestamp: string): RowWrite {
  return ['insert', 'memory_nodes', [nodeId, blockIndex, 'memory', content, null, 0, null, '{}', timestamp]];
}

export interface NewAssociation {
  readonly associationId: string;
  readonly sourceNodeId: string;
  readonly targetNodeId: string;
  readonly type: string;
  readonly strength: number;
  readonly timestamp: string;
}

export function associationRow(association: NewAssociation): RowWrite {
  const { associationId, sourceNodeId, targetNodeId, type, strength, timestamp } = association;
  return [
    'insert',
    'associations',
    [associationId, sourceNodeId, targetNodeId, type, strength, 1, timestamp, null, 0, '{}'],
  ];
}
