/** How the memory graph is laid out: the same picture for the same memories, in milliseconds. Pure. */

import { packSiblings } from 'd3-hierarchy';
import type { GraphNode, MemoryGraphResult } from '../protocol/overviews.js';

/** How many of the newest memories can be shown. */
export const GRAPH_LIMITS = [500, 2000] as const;
export type GraphLimit = (typeof GRAPH_LIMITS)[number];

/** A memory, and where it lies; the unit is the distance of two memories that follow each other. */
export interface PlacedMemory extends GraphNode {
  x: number;
  y: number;
  /** Index of its branch in {@link GraphLayout.branches}. */
  branchIndex: number;
}

export interface PlacedBranch {
  root: string | null;
  x: number;
  y: number;
  radius: number;
  /** Indices of its memories in {@link GraphLayout.memories}, oldest first. */
  members: number[];
}

/** A line between two memories, by their indices. */
export interface PlacedLink {
  source: number;
  target: number;
  /** 0 to 1; 1 for a memory that continues another. */
  strength: number;
  type: string;
}

export interface GraphLayout {
  /** Oldest first. */
  memories: PlacedMemory[];
  /** The one with the newest memory first. */
  branches: PlacedBranch[];
  continues: PlacedLink[];
  associations: PlacedLink[];
  /** Of the circle around everything, which has its middle at 0, 0. */
  radius: number;
}

/** Room around each branch, so that two of them are told apart. */
const MARGIN = 1.6;
/** Turns of an Archimedean spiral that lie one unit apart. */
const SPIRAL = 1 / (2 * Math.PI);

/**
 * A branch is a spiral that begins with its oldest memory in the middle, so a memory added to it moves none of the
 * others. The spirals are packed like coins, the large ones in the middle.
 */
export function layOut({ nodes, associations }: MemoryGraphResult): GraphLayout {
  const memories = [...nodes]
    .sort((a, b) => a.block_index - b.block_index)
    .map((node): PlacedMemory => ({ ...node, x: 0, y: 0, branchIndex: -1 }));
  const indexOf = new Map(memories.map(({ block_index }, index) => [block_index, index]));
  const branches = branchesOf(memories);
  const radius = pack(branches);
  for (const [index, branch] of branches.entries()) coil(branch, index, memories);
  const link = (source: number, target: number, strength: number, type: string): PlacedLink[] => {
    const [from, to] = [indexOf.get(source), indexOf.get(target)];
    return from === undefined || to === undefined ? [] : [{ source: from, target: to, strength, type }];
  };
  return {
    memories,
    branches,
    radius,
    continues: memories.flatMap(({ block_index, continues }) =>
      continues === null ? [] : link(continues, block_index, 1, ''),
    ),
    associations: associations.flatMap(({ source, target, strength, type }) => link(source, target, strength, type)),
  };
}

function branchesOf(memories: readonly PlacedMemory[]): PlacedBranch[] {
  const byRoot = new Map<string | null, PlacedBranch>();
  for (const [index, { branch }] of memories.entries()) {
    const found = byRoot.get(branch) ?? { root: branch, x: 0, y: 0, radius: 0, members: [] };
    found.members.push(index);
    byRoot.set(branch, found);
  }
  const newest = ({ members }: PlacedBranch): number => members[members.length - 1] ?? 0;
  return [...byRoot.values()].sort((a, b) => newest(b) - newest(a));
}

/** @returns the radius of the circle around all */
function pack(branches: readonly PlacedBranch[]): number {
  const oldest = ({ members }: PlacedBranch): number => members[0] ?? 0;
  const bySize = [...branches].sort((a, b) => b.members.length - a.members.length || oldest(a) - oldest(b));
  const circles = packSiblings(bySize.map((branch) => ({ branch, r: spiralRadius(branch.members.length) + MARGIN })));
  let radius = 1;
  for (const { branch, x, y, r } of circles) {
    Object.assign(branch, { x, y, radius: r - MARGIN });
    radius = Math.max(radius, Math.hypot(x, y) + r);
  }
  return radius;
}

/** How far out the spiral of so many memories goes: it leaves about one square unit to each. */
function spiralRadius(count: number): number {
  return Math.sqrt(Math.max(0, count - 1) / Math.PI);
}

function coil({ x, y, members }: PlacedBranch, branchIndex: number, memories: readonly PlacedMemory[]): void {
  for (const [position, index] of members.entries()) {
    const radius = spiralRadius(position + 1);
    const angle = radius / SPIRAL;
    const memory = memories[index];
    if (memory === undefined) continue;
    Object.assign(memory, { x: x + radius * Math.cos(angle), y: y + radius * Math.sin(angle), branchIndex });
  }
}

/** The memory nearest to a point, not further away than `within`; null: none is. */
export function memoryAt({ memories }: GraphLayout, x: number, y: number, within: number): number | null {
  let nearest: number | null = null;
  let least = within * within;
  for (const [index, memory] of memories.entries()) {
    const distance = (memory.x - x) ** 2 + (memory.y - y) ** 2;
    if (distance > least) continue;
    least = distance;
    nearest = index;
  }
  return nearest;
}

/** What the arrow keys do: left and right along a branch, up and down to the branches beside it, Home and End to its ends. */
export function stepTo({ memories, branches }: GraphLayout, from: number | null, key: string): number | null {
  const newest = branches[0]?.members.at(-1) ?? null;
  const memory = from === null ? undefined : memories[from];
  if (from === null || memory === undefined) return newest;
  const members = branches[memory.branchIndex]?.members ?? [];
  const position = members.indexOf(from);
  const endOf = (branch: number): number => branches[branch]?.members.at(-1) ?? from;
  switch (key) {
    case 'ArrowLeft':
      return members[position - 1] ?? from;
    case 'ArrowRight':
      return members[position + 1] ?? from;
    case 'ArrowUp':
      return endOf(memory.branchIndex - 1);
    case 'ArrowDown':
      return endOf(memory.branchIndex + 1);
    case 'Home':
      return members[0] ?? from;
    case 'End':
      return members.at(-1) ?? from;
    default:
      return null;
  }
}
