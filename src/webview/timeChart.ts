import uPlot from 'uplot';
import { fill } from '../dashboard/numbers.js';
import type { Words } from '../dashboard/words.js';
import { el, setText } from './dom.js';
import { currentTheme, type Colour, type Theme } from './theme.js';

export interface SeriesSpec {
  /** Empty where the chart has one, which its heading names. */
  readonly label: string;
  readonly colour: Colour;
  readonly look: 'line' | 'area' | 'bars';
  /** So that lines are told apart without their colours. */
  readonly dash?: number[];
  /** On a scale of its own, at the right. */
  readonly isRight?: boolean;
  /** Where it differs from the chart's. */
  readonly format?: (value: number) => string;
}

export interface ChartSpec {
  readonly title: string;
  readonly unit: string;
  readonly series: readonly SeriesSpec[];
  readonly format: (value: number) => string;
  /** How a point of time is written at the axis, and how in words. */
  readonly formatTime: (seconds: number) => string;
  /** Charts of one group show the same moment under the pointer. */
  readonly group: string;
  /** At least so high, so that one write is no mountain. */
  readonly atLeast: number;
  /** Pixels; default 150. */
  readonly height?: number;
}

export type Columns = readonly [times: readonly number[], ...values: readonly (readonly (number | null)[])[]];

const HEIGHT = 150;

/** A chart over time with its heading, a legend that says the latest values, and the same in words. */
export class TimeChart {
  readonly element: HTMLElement;
  private readonly plotArea = el('div', { class: 'plot', role: 'img' });
  private readonly values: readonly HTMLElement[];
  private plot: uPlot | null = null;
  private data: Columns = [[]];

  constructor(
    private readonly spec: ChartSpec,
    private readonly words: Words,
  ) {
    this.values = spec.series.map(() => el('span', { class: 'value' }));
    const legend = spec.series.map(({ label, colour, look }, index) =>
      el('span', { class: 'entry' }, swatch(colour, look, index), label, ' ', this.values[index] ?? ''),
    );
    const heading = el('h2', {}, spec.title, ' ', el('span', { class: 'unit' }, spec.unit));
    this.element = el('section', { class: 'chart' }, heading, el('div', { class: 'legend' }, ...legend), this.plotArea);
    // A picture without values has a name as well.
    this.plotArea.setAttribute('aria-label', spec.title);
    new ResizeObserver(() => this.resize()).observe(this.plotArea);
  }

  show(data: Columns): void {
    this.data = data;
    this.tell();
    if (this.plot === null) this.draw();
    else this.plot.setData(data as uPlot.AlignedData);
  }

  /** In the colours of the theme that is chosen now. */
  redraw(): void {
    this.plot?.destroy();
    this.plot = null;
    this.draw();
  }

  private draw(): void {
    const width = this.plotArea.clientWidth;
    // Hidden: drawn when it is shown, and has a width.
    if (width === 0 || this.data[0].length === 0) return;
    this.plot = new uPlot(this.options(width, currentTheme()), this.data as uPlot.AlignedData, this.plotArea);
  }

  private get height(): number {
    return this.spec.height ?? HEIGHT;
  }

  /** Half a bar more at each end, where there are bars. */
  private widened(min: number, max: number): [number, number] {
    const [first = 0, second = first] = this.data[0];
    const half = this.spec.series.some(({ look }) => look === 'bars') ? (second - first) / 2 : 0;
    return [min - half, max + half];
  }

  private resize(): void {
    if (this.plot === null) this.draw();
    else if (this.plotArea.clientWidth > 0) {
      this.plot.setSize({ width: this.plotArea.clientWidth, height: this.height });
    }
  }

  /** What is under the pointer, else the latest. */
  private tell(index = this.data[0].length - 1): void {
    const said = this.spec.series.map(({ label, format = this.spec.format }, series) => {
      const value = this.data[series + 1]?.[index] ?? null;
      const text = value === null ? this.words.unknown : format(value);
      setText(this.values[series] ?? this.plotArea, text);
      return label === '' ? text : `${label} ${text}`;
    });
    const { title, unit } = this.spec;
    this.plotArea.setAttribute('aria-label', fill(this.words.latest, title, unit, said.join(', ')));
  }

  private options(width: number, theme: Theme): uPlot.Options {
    const { spec } = this;
    const right = spec.series.find(({ isRight }) => isRight === true);
    const formatRight = right?.format ?? spec.format;
    return {
      width,
      height: this.height,
      legend: { show: false },
      cursor: { sync: { key: spec.group }, points: { size: 6 }, y: false, drag: { x: false, y: false } },
      scales: { x: { range: (_, min, max) => this.widened(min, max) }, y: fromZero(spec.atLeast), right: fromZero(4) },
      axes: [
        { ...axis(theme), values: (_, splits) => splits.map(spec.formatTime), space: 70, size: 24 },
        { ...axis(theme), values: (_, splits) => splits.map(spec.format), size: 60, space: 32 },
        {
          ...axis(theme),
          show: right !== undefined,
          scale: 'right',
          side: 1,
          values: (_, splits) => splits.map(formatRight),
          size: 60,
          space: 32,
          grid: { show: false },
        },
      ],
      series: [{}, ...spec.series.map((series) => seriesOptions(series, theme))],
      hooks: { setCursor: [({ cursor }) => this.tell(cursor.idx ?? undefined)] },
    };
  }
}

function fromZero(atLeast: number): uPlot.Scale {
  return { range: (_, _min, max) => [0, Math.max(atLeast, max * 1.05)] };
}

function axis({ muted, lines, font }: Theme): uPlot.Axis {
  const line = { stroke: lines, width: 1 };
  return { stroke: muted, font, grid: line, ticks: { ...line, size: 4 } };
}

function seriesOptions({ colour, look, dash, isRight, label }: SeriesSpec, theme: Theme): uPlot.Series {
  const stroke = theme.colours[colour];
  const isFilled = look !== 'line';
  return {
    label,
    stroke,
    width: look === 'bars' ? 0 : 1.5,
    spanGaps: false,
    points: { show: false },
    ...(isRight === true ? { scale: 'right' } : {}),
    ...(dash === undefined ? {} : { dash }),
    ...(isFilled ? { fill: look === 'bars' ? stroke : translucent(stroke) } : {}),
    ...(look === 'bars' && uPlot.paths.bars !== undefined ? { paths: uPlot.paths.bars({ size: [0.8, 40] }) } : {}),
  };
}

function translucent(colour: string): string {
  return `color-mix(in srgb, ${colour} 25%, transparent)`;
}

function swatch(colour: Colour, look: SeriesSpec['look'], index: number): HTMLElement {
  return el('span', { class: `swatch ${colour} ${look === 'line' ? `line${index}` : 'full'}`, 'aria-hidden': 'true' });
}
