import { growthOf, type DayCount, type Period } from '../dashboard/growth.js';
import { fill, formatCount } from '../dashboard/numbers.js';
import type { Words } from '../dashboard/words.js';
import { Chooser } from './chooser.js';
import { DataTable } from './dataTable.js';
import { el, setText } from './dom.js';
import { TimeChart } from './timeChart.js';

/** How many memories there came, by day or week, and how many there are. */
export class GrowthTab {
  readonly element: HTMLElement;
  private readonly period: Chooser<Period>;
  private readonly summary = el('p', { class: 'summary' });
  private readonly charts: Readonly<Record<Period, TimeChart>>;
  private readonly tables: Readonly<Record<Period, DataTable>>;
  private shown: Period = 'day';
  private asTable = false;
  private days: readonly DayCount[] = [];
  private today = '';

  constructor(
    private readonly words: Words,
    private readonly locale: string,
    onPeriod: (period: Period) => void,
  ) {
    const options = [
      { value: 'day', label: words.periodDay },
      { value: 'week', label: words.periodWeek },
    ] as const;
    this.period = new Chooser(words.period, options, onPeriod);
    this.charts = { day: this.chart(words.perDay), week: this.chart(words.perWeek) };
    this.tables = {
      day: new DataTable(words.perDay, [words.day, words.memories, words.total]),
      week: new DataTable(words.perWeek, [words.weekOf, words.memories, words.total]),
    };
    const { day, week } = this.charts;
    const tables = [this.tables.day.element, this.tables.week.element];
    this.element = el('div', {}, el('div', { class: 'toolbar' }, this.period.element), this.summary);
    this.element.append(el('div', { class: 'tall' }, day.element, week.element), ...tables);
  }

  arrange(period: Period, asTable: boolean): void {
    this.shown = period;
    this.asTable = asTable;
    this.period.show(period);
    for (const each of ['day', 'week'] as const) {
      this.charts[each].element.hidden = asTable || each !== period;
      this.tables[each].element.hidden = !asTable || each !== period;
    }
    if (this.today !== '') this.draw();
  }

  show(days: readonly DayCount[], today: string): void {
    this.days = days;
    this.today = today;
    this.draw();
  }

  redraw(): void {
    this.charts[this.shown].redraw();
  }

  private draw(): void {
    const { times, added, totals } = growthOf(this.days, this.shown, this.today);
    const sum = added.reduce((total, count) => total + count, 0);
    const [inTime, inAll] = [sum, totals[totals.length - 1] ?? 0].map((value) => this.count(value));
    setText(this.summary, fill(this.words.summary, inTime ?? '', inAll ?? ''));
    if (!this.asTable) return this.charts[this.shown].show([times, added, totals]);
    const rows = times.map((time, index) => ({
      key: String(time),
      cells: [this.dateOf(time, 'full'), this.count(added[index] ?? 0), this.count(totals[index] ?? 0)],
    }));
    this.tables[this.shown].show(rows.reverse());
  }

  private chart(title: string): TimeChart {
    return new TimeChart(
      {
        title,
        unit: '',
        series: [
          { label: this.words.memories, colour: 'blue', look: 'bars' },
          { label: this.words.total, colour: 'yellow', look: 'line', dash: [6, 3], isRight: true },
        ],
        format: (value) => this.count(value),
        formatTime: (seconds) => this.dateOf(seconds, 'short'),
        group: 'growth',
        atLeast: 4,
        height: 260,
      },
      this.words,
    );
  }

  private count(value: number): string {
    return formatCount(value, this.locale);
  }

  private dateOf(seconds: number, style: 'short' | 'full'): string {
    const parts =
      style === 'short' ? ({ month: 'short', day: 'numeric' } as const) : ({ dateStyle: 'medium' } as const);
    // Dates, not moments: they are kept at midnight UTC and mean the day of that name.
    return new Date(seconds * 1000).toLocaleDateString(this.locale, { ...parts, timeZone: 'UTC' });
  }
}
