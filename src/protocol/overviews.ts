/** Many memories at a glance: groups, the graph, counts, tags. */

import type { AssociationRecord } from './links.js';
import type { SlotName } from './slots.js';

export const GROUPINGS = ['day', 'branch', 'project'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface ListGroupsInput {
  by: Grouping;
  /** 1 to 1000; default 100. */
  limit?: number;
  /** Only groups whose newest memory has a smaller block index: the cursor for the next page. */
  before?: number;
  project?: string;
  include_global?: boolean;
}

/** All memories of a day, of a branch or of a project. */
export interface MemoryGroup {
  /** `YYYY-MM-DD`, root of the branch or name of the project; null for memories without one. */
  key: string | null;
  blocks: number;
  /** Block index of the newest. */
  newest: number;
  /** First 160 code points of the newest. */
  title: string;
  slot: SlotName | null;
  first_timestamp: string;
  last_timestamp: string;
}

export interface ListGroupsResult {
  /** Newest first. */
  groups: MemoryGroup[];
  /** Pass as `before` for the next page; null at the end. */
  next_before: number | null;
}

export interface MemoryGraphInput {
  /** 1 to 2000 memories, the newest; default 500. */
  limit?: number;
}

export interface GraphNode {
  block_index: number;
  branch: string | null;
  slot: SlotName | null;
  project: string | null;
  timestamp: string;
  /** First 80 code points. */
  title: string;
  /** The memory it continues, whether or not that is in the graph. */
  continues: number | null;
}

export interface MemoryGraphResult {
  /** Newest first. */
  nodes: GraphNode[];
  /** Between two of the nodes, strongest first, 4000 at most. */
  associations: Omit<AssociationRecord, 'association_id'>[];
}

export interface MemoryStats {
  blocks: number;
  branches: number;
  associations: number;
  tags: number;
  projects: { name: string; blocks: number }[];
  first_timestamp: string | null;
  last_timestamp: string | null;
  data_dir: string;
  database: string;
  database_bytes: number;
  journal_bytes: number;
}

export interface ListTagsInput {
  /** 1 to 1000; default 1000. */
  limit?: number;
}

export interface ListTagsResult {
  /** In the order of their characters. */
  tags: { name: string; blocks: number }[];
}
