import { select } from 'd3-selection';
import { zoom, zoomIdentity, type D3ZoomEvent, type ZoomTransform } from 'd3-zoom';
import { memoryAt, type GraphLayout, type PlacedLink } from '../dashboard/graph.js';
import { el } from './dom.js';
import { drawGraph } from './drawGraph.js';
import { currentTheme, type Theme } from './theme.js';

/** What is in the middle, and how many pixels a unit of the layout has. */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface GraphEvents {
  readonly onOpen: (memory: number) => void;
  /** Null: the pointer is over none. */
  readonly onPoint: (memory: number | null, at: { x: number; y: number }) => void;
  readonly onCamera: (camera: Camera) => void;
}

/** A memory is hit so far away, in pixels. */
const HIT_PX = 9;
const SCALES: [least: number, most: number] = [0.5, 120];
const ZOOM_STEP = 1.4;

/** The picture of the graph: drawn when something has changed and not otherwise, moved by wheel, drag and pinch. */
export class GraphCanvas {
  readonly element: HTMLCanvasElement = el('canvas', { 'aria-hidden': 'true' });
  private readonly context = this.element.getContext('2d');
  private readonly zooming = zoom<HTMLCanvasElement, unknown>();
  private transform: ZoomTransform = zoomIdentity;
  private camera: Camera | null;
  private layout: GraphLayout | null = null;
  private theme: Theme = currentTheme();
  private size = { width: 0, height: 0 };
  private selected: number | null = null;
  private isDue = false;
  /** While a hand is on it the thousand thin lines are left out: they cost more than all the rest. */
  private isMoving = false;

  /** @param camera where to look first; null: at everything */
  constructor(
    camera: Camera | null,
    private readonly events: GraphEvents,
  ) {
    this.camera = camera;
    const canvas = select<HTMLCanvasElement, unknown>(this.element);
    this.zooming
      .scaleExtent(SCALES)
      .on('zoom', (event: D3ZoomEvent<HTMLCanvasElement, unknown>) => this.moved(event))
      .on('end', (event: D3ZoomEvent<HTMLCanvasElement, unknown>) => this.rested(event));
    canvas.call(this.zooming).on('dblclick.zoom', null);
    this.element.addEventListener('click', (event) => {
      const memory = this.memoryUnder(event);
      if (memory !== null) events.onOpen(memory);
    });
    this.element.addEventListener('pointermove', (event) => {
      const memory = this.memoryUnder(event);
      this.element.classList.toggle('over', memory !== null);
      events.onPoint(memory, { x: event.offsetX, y: event.offsetY });
    });
    this.element.addEventListener('pointerleave', () => events.onPoint(null, { x: 0, y: 0 }));
    new ResizeObserver(() => this.resize()).observe(this.element);
  }

  show(layout: GraphLayout): void {
    this.layout = layout;
    this.look();
  }

  select(memory: number | null): void {
    this.selected = memory;
    this.drawSoon();
  }

  /** Brings a memory into the picture, if it is not there. */
  reveal(memory: number): void {
    const { x = 0, y = 0 } = this.layout?.memories[memory] ?? {};
    const [left, top] = this.transform.apply([x, y]);
    const isInside = left > 20 && top > 20 && left < this.size.width - 20 && top < this.size.height - 20;
    if (isInside) return;
    this.lookAt({ x, y, scale: this.transform.k });
  }

  /** Around the selected memory, else around the middle. */
  zoomBy(steps: number): void {
    const { width, height } = this.size;
    const [x, y] = this.transform.invert([width / 2, height / 2]);
    const middle = (this.selected === null ? undefined : this.layout?.memories[this.selected]) ?? { x, y };
    const scale = Math.min(SCALES[1], Math.max(SCALES[0], this.transform.k * ZOOM_STEP ** steps));
    this.lookAt({ x: middle.x, y: middle.y, scale });
  }

  /** Everything. */
  fit(): void {
    this.camera = null;
    this.look();
  }

  redraw(): void {
    this.theme = currentTheme();
    this.drawSoon();
  }

  private moved({ transform, sourceEvent }: D3ZoomEvent<HTMLCanvasElement, unknown>): void {
    this.transform = transform;
    const [x, y] = transform.invert([this.size.width / 2, this.size.height / 2]);
    this.camera = { x, y, scale: transform.k };
    // Without an event of the pointer it was we who moved it, and only once.
    this.isMoving = sourceEvent !== null;
    this.drawSoon();
  }

  private rested({ sourceEvent }: D3ZoomEvent<HTMLCanvasElement, unknown>): void {
    this.isMoving = false;
    if (sourceEvent !== null && this.camera !== null) this.events.onCamera(this.camera);
    this.drawSoon();
  }

  private lookAt(camera: Camera): void {
    this.camera = camera;
    this.look();
    this.events.onCamera(camera);
  }

  /** Puts what the camera says into the transform. */
  private look(): void {
    const { width, height } = this.size;
    if (width === 0 || this.layout === null) return;
    const least = Math.max(SCALES[0], Math.min(width, height) / (2 * this.layout.radius + 2));
    const { x, y, scale } = this.camera ?? { x: 0, y: 0, scale: Math.min(40, least) };
    const wasFitted = this.camera === null;
    const transform = zoomIdentity
      .translate(width / 2, height / 2)
      .scale(scale)
      .translate(-x, -y);
    this.zooming.transform(select<HTMLCanvasElement, unknown>(this.element), transform);
    // A picture of everything stays one when there comes more.
    if (wasFitted) this.camera = null;
  }

  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.element;
    if (width === 0) return;
    this.size = { width, height };
    this.element.width = Math.round(width * devicePixelRatio);
    this.element.height = Math.round(height * devicePixelRatio);
    this.look();
  }

  private memoryUnder({ offsetX, offsetY }: MouseEvent): number | null {
    if (this.layout === null) return null;
    const [x, y] = this.transform.invert([offsetX, offsetY]);
    return memoryAt(this.layout, x, y, HIT_PX / this.transform.k);
  }

  private drawSoon(): void {
    if (this.isDue) return;
    this.isDue = true;
    requestAnimationFrame(() => {
      this.isDue = false;
      if (this.context === null || this.layout === null) return;
      const { size, transform, theme, selected, isMoving } = this;
      drawGraph(this.context, this.layout, { ...size, transform, theme, selected, isMoving });
    });
  }
}

/** Memories at the other ends of links. */
export function endsOf(links: readonly PlacedLink[], memory: number): number[] {
  return links.flatMap(({ source, target }) => (source === memory ? [target] : target === memory ? [source] : []));
}
