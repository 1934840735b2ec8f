import { button, el, setText } from './dom.js';

export interface Row {
  /** Unique, and the same for the same row of the next time. */
  readonly key: string;
  readonly cells: readonly string[];
}

/**
 * A table that is brought up to date in place: rows that stay keep their elements, so that somebody who reads them, by
 * eye or by ear, is not thrown out.
 */
export class DataTable {
  readonly element: HTMLElement;
  private readonly body = el('tbody');
  private readonly kept = new Map<string, HTMLTableRowElement>();

  /**
   * @param heads the first column names the row
   * @param onOpen makes that a button, which tells the key of the row
   */
  constructor(
    caption: string,
    heads: readonly string[],
    private readonly onOpen: ((key: string) => void) | null = null,
  ) {
    const head = el('tr', {}, ...heads.map((text) => el('th', { scope: 'col' }, text)));
    const table = el('table', {}, el('caption', {}, caption), el('thead', {}, head), this.body);
    // It scrolls by itself, so the keyboard must reach it.
    this.element = el('div', { class: 'table', tabindex: 0, role: 'region', 'aria-label': caption }, table);
  }

  show(rows: readonly Row[]): void {
    const keys = new Set(rows.map(({ key }) => key));
    for (const [key, row] of this.kept) {
      if (keys.has(key)) continue;
      row.remove();
      this.kept.delete(key);
    }
    let before: Element | null = this.body.firstElementChild;
    for (const { key, cells } of rows) {
      const row = this.kept.get(key) ?? this.add(key, cells.length);
      cells.forEach((text, index) =>
        setText(row.cells[index]?.querySelector('button') ?? row.cells[index] ?? row, text),
      );
      if (row === before) before = row.nextElementSibling;
      else this.body.insertBefore(row, before);
    }
  }

  private add(key: string, cells: number): HTMLTableRowElement {
    const others = Array.from({ length: cells - 1 }, () => el('td'));
    const { onOpen } = this;
    const name = el('th', { scope: 'row' });
    if (onOpen !== null) name.append(button('', () => onOpen(key), { class: 'link' }));
    const row = el('tr', {}, name, ...others);
    this.kept.set(key, row);
    return row;
  }
}
