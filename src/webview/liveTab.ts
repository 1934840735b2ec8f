import type { LiveColumns, LiveSeries, Span } from '../dashboard/live.js';
import { formatBytes, formatCount, formatMs } from '../dashboard/numbers.js';
import type { Words } from '../dashboard/words.js';
import { Chooser } from './chooser.js';
import { DataTable } from './dataTable.js';
import { el } from './dom.js';
import { TimeChart, type ChartSpec, type SeriesSpec } from './timeChart.js';

type Column = LiveSeries | 'added';

interface Panel extends Omit<ChartSpec, 'series' | 'formatTime' | 'group'> {
  readonly series: readonly (SeriesSpec & { readonly column: Column })[];
}

/** What the worker does, moving. */
export class LiveTab {
  readonly element: HTMLElement;
  private readonly span: Chooser<Span>;
  private readonly panels: readonly Panel[];
  private readonly charts: readonly TimeChart[];
  private readonly table: DataTable;
  private readonly grid: HTMLElement;
  private readonly clock: Intl.DateTimeFormat;

  constructor(
    private readonly words: Words,
    locale: string,
    onSpan: (span: Span) => void,
  ) {
    this.clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
    this.span = new Chooser(
      words.span,
      [
        { value: 1, label: words.span1 },
        { value: 10, label: words.span10 },
        { value: 60, label: words.span60 },
      ],
      onSpan,
    );
    this.panels = panelsOf(words, (value) => formatCount(value, locale));
    const minutes = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
    const formatTime = (seconds: number): string =>
      seconds % 60 === 0 ? minutes.format(new Date(seconds * 1000)) : this.timeOf(seconds);
    this.charts = this.panels.map((panel) => new TimeChart({ ...panel, formatTime, group: 'live' }, words));
    this.grid = el('div', { class: 'charts' }, ...this.charts.map(({ element }) => element));
    const heads = this.panels.flatMap(({ title, series }) =>
      series.map(({ label }) => (label === '' || label === title ? title : `${title}, ${label}`)),
    );
    this.table = new DataTable(words.tabLive, [words.time, ...heads]);
    this.element = el('div', {}, el('div', { class: 'toolbar' }, this.span.element), this.grid, this.table.element);
  }

  arrange(span: Span, asTable: boolean): void {
    this.span.show(span);
    this.grid.hidden = asTable;
    this.table.element.hidden = !asTable;
  }

  show(columns: LiveColumns): void {
    if (!this.grid.hidden) {
      for (const [index, { series }] of this.panels.entries()) {
        this.charts[index]?.show([columns.times, ...series.map(({ column }) => columns[column])]);
      }
    } else {
      const shown = this.panels.flatMap(({ series, format }) => series.map((each) => ({ format, ...each })));
      const rows = columns.times.map((time, index) => {
        const cells = shown.map(({ column, format }) => {
          const value = columns[column][index] ?? null;
          return value === null ? this.words.unknown : format(value);
        });
        return { key: String(time), cells: [this.timeOf(time), ...cells] };
      });
      this.table.show(rows.reverse());
    }
  }

  redraw(): void {
    for (const chart of this.charts) chart.redraw();
  }

  private timeOf(seconds: number): string {
    return this.clock.format(new Date(seconds * 1000));
  }
}

function panelsOf(words: Words, count: (value: number) => string): Panel[] {
  return [
    {
      title: words.added,
      unit: words.addedUnit,
      format: count,
      atLeast: 1,
      series: [{ column: 'added', label: '', colour: 'green', look: 'bars' }],
    },
    {
      title: words.queue,
      unit: words.queueUnit,
      format: count,
      atLeast: 1,
      series: [{ column: 'waiting', label: '', colour: 'blue', look: 'area' }],
    },
    {
      title: words.commit,
      unit: words.commitUnit,
      format: formatMs,
      atLeast: 1,
      series: percentiles(words, 'commitP50', 'commitP95', 'commitP99'),
    },
    {
      title: words.wait,
      unit: words.waitUnit,
      format: formatMs,
      atLeast: 1,
      series: percentiles(words, 'waitP50', 'waitP95', 'waitP99'),
    },
    {
      title: words.batch,
      unit: words.batchUnit,
      format: count,
      atLeast: 2,
      series: percentiles(words, 'batchP50', 'batchP95', 'batchMax', words.largest),
    },
    {
      title: words.journal,
      unit: words.journalUnit,
      format: (bytes) => formatBytes(Math.round(bytes)),
      atLeast: 1000,
      series: [
        { column: 'journalBytes', label: words.journal, colour: 'purple', look: 'area' },
        {
          column: 'checkpoints',
          label: words.checkpoints,
          colour: 'green',
          look: 'line',
          dash: [6, 3],
          isRight: true,
          format: count,
        },
      ],
    },
  ];
}

function percentiles(
  words: Words,
  p50: LiveSeries,
  p95: LiveSeries,
  last: LiveSeries,
  lastLabel = words.of99,
): Panel['series'] {
  return [
    { column: p50, label: words.median, colour: 'blue', look: 'line' },
    { column: p95, label: words.of95, colour: 'yellow', look: 'line', dash: [6, 3] },
    { column: last, label: lastLabel, colour: 'red', look: 'line', dash: [2, 3] },
  ];
}
