import assert from 'node:assert/strict';
import { layOut, memoryAt, stepTo } from '../../../src/dashboard/graph.js';
import type { GraphNode, MemoryGraphResult } from '../../../src/protocol/operations.js';

function memory(block_index: number, branch: string | null, continues: number | null = null): GraphNode {
  const timestamp = '2026-03-02T12:00:00';
  return { block_index, branch, slot: null, project: null, timestamp, title: `Memory ${block_index}`, continues };
}

/** So many memories in so many branches, newest first as the worker gives them. */
function graph(memories: number, branches: number): MemoryGraphResult {
  const nodes = Array.from({ length: memories }, (_, index) =>
    memory(index, `root-${index % branches}`, index < branches ? null : index - branches),
  );
  return { nodes: nodes.reverse(), associations: [] };
}

describe('the layout of the memory graph', () => {
  it('is the same for the same memories, in whatever order they come', () => {
    const given = graph(300, 7);
    const shuffled = { ...given, nodes: [...given.nodes].sort((a, b) => ((a.block_index * 37) % 300) - b.block_index) };
    assert.deepEqual(layOut(shuffled), layOut(given));
  });

  it('lets no two memories lie on each other, and all of them in its circle', () => {
    const { memories, radius } = layOut(graph(2000, 30));
    for (const [index, a] of memories.entries()) {
      assert.ok(Math.hypot(a.x, a.y) <= radius);
      for (const b of memories.slice(index + 1)) assert.ok(Math.hypot(a.x - b.x, a.y - b.y) > 0.5);
    }
  });

  it('keeps branches apart', () => {
    const { branches } = layOut(graph(500, 40));
    for (const [index, a] of branches.entries()) {
      for (const b of branches.slice(index + 1)) {
        assert.ok(Math.hypot(a.x - b.x, a.y - b.y) >= a.radius + b.radius + 2);
      }
    }
  });

  it('moves no memory of a branch within it when one is added', () => {
    const before = layOut({ nodes: graph(50, 1).nodes, associations: [] });
    const after = layOut({ nodes: graph(51, 1).nodes, associations: [] });
    const places = (layout: typeof before): number[][] =>
      layout.memories
        .slice(0, 50)
        .map(({ x, y }) => [x - (layout.branches[0]?.x ?? 0), y - (layout.branches[0]?.y ?? 0)]);
    assert.deepEqual(places(after), places(before));
  });

  it('draws only links whose ends are both in the picture', () => {
    const nodes = [memory(5, 'a', 2), memory(4, 'a'), memory(6, 'a', 5)];
    const associations = [
      { source: 4, target: 6, type: 'semantic', strength: 0.5 },
      { source: 1, target: 6, type: 'semantic', strength: 0.9 },
    ];
    const layout = layOut({ nodes, associations });
    assert.deepEqual(
      layout.continues.map(({ source, target }) => [source, target]),
      [[1, 2]],
    );
    assert.deepEqual(
      layout.associations.map(({ source, target }) => [source, target]),
      [[0, 2]],
    );
  });

  it('holds an empty memory, and memories of no branch', () => {
    assert.deepEqual(layOut({ nodes: [], associations: [] }).memories, []);
    const { memories } = layOut({ nodes: [memory(1, null)], associations: [] });
    assert.deepEqual([memories[0]?.x, memories[0]?.y], [0, 0]);
  });

  it('finds the memory under the pointer', () => {
    const layout = layOut(graph(200, 5));
    const { x = NaN, y = NaN } = layout.memories[77] ?? {};
    assert.equal(memoryAt(layout, x + 0.1, y, 0.5), 77);
    assert.equal(memoryAt(layout, layout.radius * 2, 0, 0.5), null);
  });

  it('is walked by the arrow keys: along a branch, and from branch to branch', () => {
    const layout = layOut(graph(9, 3));
    const keys = ['ArrowUp', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'ArrowRight', 'End', 'ArrowDown', 'Home'];
    const path: (number | null)[] = [];
    for (const key of keys) path.push(stepTo(layout, path.at(-1) ?? null, key));
    assert.deepEqual(path, [8, 5, 2, 2, 5, 8, 7, 1]);
    assert.equal(stepTo(layout, 8, 'ArrowUp'), 8, 'there is no branch above the first');
    assert.equal(stepTo(layout, 8, 'x'), null);
    assert.equal(stepTo(layOut({ nodes: [], associations: [] }), null, 'Home'), null);
  });
});
