import { layOut, stepTo, type GraphLayout, type GraphLimit } from '../dashboard/graph.js';
import { fill, formatCount } from '../dashboard/numbers.js';
import type { Words } from '../dashboard/words.js';
import type { MemoryGraphResult } from '../protocol/overviews.js';
import { Chooser } from './chooser.js';
import { DataTable } from './dataTable.js';
import { button, el, setText } from './dom.js';
import { endsOf, GraphCanvas, type Camera } from './graphCanvas.js';

export interface GraphTabEvents {
  readonly onLimit: (limit: GraphLimit) => void;
  readonly onCamera: (camera: Camera | null) => void;
  /** @param block index of the memory */
  readonly onOpen: (block: number) => void;
}

/** Branches and associations: a picture that is walked by pointer or arrow keys, and the same as a table. */
export class GraphTab {
  readonly element: HTMLElement;
  private readonly limit: Chooser<GraphLimit>;
  private readonly canvas: GraphCanvas;
  private readonly table: DataTable;
  private readonly summary = el('p', { class: 'summary' });
  private readonly area: HTMLElement;
  private readonly tip = el('div', { class: 'tip', hidden: '' });
  /** What is selected, in words: read out when it changes. */
  private readonly said = el('p', { class: 'said', role: 'status' });
  private layout: GraphLayout = layOut({ nodes: [], associations: [] });
  private selected: number | null = null;
  private asTable = false;

  constructor(
    private readonly words: Words,
    private readonly locale: string,
    camera: Camera | null,
    private readonly events: GraphTabEvents,
  ) {
    const options = [
      { value: 500, label: fill(words.newest, this.count(500)) },
      { value: 2000, label: fill(words.newest, this.count(2000)) },
    ] as const;
    this.limit = new Chooser<GraphLimit>(words.howMany, options, events.onLimit);
    this.canvas = new GraphCanvas(camera, {
      onOpen: (memory) => this.open(memory),
      onPoint: (memory, at) => this.point(memory, at),
      onCamera: events.onCamera,
    });
    const parts = {
      class: 'graph',
      tabindex: 0,
      role: 'application',
      'aria-label': words.graph,
      'aria-describedby': 'keys',
    };
    this.area = el('div', parts, this.canvas.element, this.tip);
    this.area.addEventListener('keydown', (event) => this.onKey(event));
    const heads = [words.memory, words.text, words.branch, words.time, words.continues, words.associations];
    this.table = new DataTable(words.graph, heads, (key) => events.onOpen(Number(key)));
    const everything = button(words.showAll, () => this.fit());
    const toolbar = el('div', { class: 'toolbar' }, this.limit.element, everything);
    const keys = el('p', { id: 'keys', class: 'hint' }, words.keys);
    this.element = el('div', {}, toolbar, this.summary, this.area, this.said, keys, this.table.element);
  }

  arrange(limit: GraphLimit, asTable: boolean): void {
    this.asTable = asTable;
    this.limit.show(limit);
    for (const part of [this.area, this.said]) part.hidden = asTable;
    this.table.element.hidden = !asTable;
    if (asTable) this.tabulate();
  }

  show(graph: MemoryGraphResult, total: number): void {
    const block = this.selected === null ? undefined : this.layout.memories[this.selected]?.block_index;
    this.layout = layOut(graph);
    this.selected = this.indexOf(block);
    const { memories, branches, associations } = this.layout;
    const counts = [memories.length, total, branches.length, associations.length].map((value) => this.count(value));
    setText(this.summary, fill(this.words.graphSummary, ...counts));
    this.canvas.select(this.selected);
    this.canvas.show(this.layout);
    if (this.asTable) this.tabulate();
  }

  redraw(): void {
    this.canvas.redraw();
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const done = this.act(event.key);
    if (done) event.preventDefault();
  }

  /** @returns whether the key means something here */
  private act(key: string): boolean {
    if (key === '+' || key === '=') this.canvas.zoomBy(1);
    else if (key === '-') this.canvas.zoomBy(-1);
    else if (key === '0') this.fit();
    else if (key === 'Enter' && this.selected !== null) this.open(this.selected);
    else {
      const next = stepTo(this.layout, this.selected, key);
      if (next === null) return false;
      this.select(next);
    }
    return true;
  }

  private select(memory: number): void {
    this.selected = memory;
    this.canvas.select(memory);
    this.canvas.reveal(memory);
    setText(this.said, this.sentence(memory));
  }

  private fit(): void {
    this.canvas.fit();
    this.events.onCamera(null);
  }

  private open(memory: number): void {
    this.select(memory);
    const block = this.layout.memories[memory]?.block_index;
    if (block !== undefined) this.events.onOpen(block);
  }

  private point(memory: number | null, { x, y }: { x: number; y: number }): void {
    this.tip.hidden = memory === null;
    if (memory === null) return;
    setText(this.tip, this.sentence(memory));
    this.tip.style.translate = `${Math.min(x + 14, this.area.clientWidth - 320)}px ${y + 14}px`;
  }

  private sentence(memory: number): string {
    const placed = this.layout.memories[memory];
    if (placed === undefined) return '';
    const size = this.layout.branches[placed.branchIndex]?.members.length ?? 0;
    const links = endsOf(this.layout.associations, memory).length;
    const { block_index, title, timestamp } = placed;
    return fill(this.words.memorySentence, block_index, title, timestamp.slice(0, 16).replace('T', ' '), size, links);
  }

  private tabulate(): void {
    const { memories, associations, branches } = this.layout;
    const blocks = (indices: readonly number[]): string =>
      indices.map((index) => `#${memories[index]?.block_index ?? ''}`).join(' ');
    const ends = memories.map((): number[] => []);
    for (const { source, target } of associations) {
      ends[source]?.push(target);
      ends[target]?.push(source);
    }
    const rows = memories.map(({ block_index, title, timestamp, continues, branchIndex }, index) => ({
      key: String(block_index),
      cells: [
        `#${block_index}`,
        title,
        blocks(branches[branchIndex]?.members.slice(0, 1) ?? []),
        timestamp.slice(0, 16).replace('T', ' '),
        continues === null ? '' : `#${continues}`,
        blocks(ends[index] ?? []),
      ],
    }));
    this.table.show(rows.reverse());
  }

  private indexOf(block: number | undefined): number | null {
    const index = this.layout.memories.findIndex(({ block_index }) => block_index === block);
    return index < 0 ? null : index;
  }

  private count(value: number): string {
    return formatCount(value, this.locale);
  }
}
