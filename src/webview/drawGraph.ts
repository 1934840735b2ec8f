import type { ZoomTransform } from 'd3-zoom';
import type { GraphLayout, PlacedBranch, PlacedLink, PlacedMemory } from '../dashboard/graph.js';
import { el } from './dom.js';
import type { Colour, Theme } from './theme.js';

interface View {
  readonly width: number;
  readonly height: number;
  readonly transform: ZoomTransform;
  readonly theme: Theme;
  /** Index of a memory. */
  readonly selected: number | null;
  readonly isMoving: boolean;
}

const BRANCH_COLOURS: readonly Colour[] = ['blue', 'green', 'yellow', 'purple', 'red'];
/** In units of the layout, and in pixels at least and at most. */
const DOT = { radius: 0.3, least: 1.5, most: 9 };
/** A branch is named when it is so wide on screen, in pixels. */
const NAMED_FROM_PX = 26;
const NAME_CHARS = 36;

/**
 * One path for each colour and kind of line: a stroke for each of thousands of links would take many times as long.
 */
export function drawGraph(context: CanvasRenderingContext2D, layout: GraphLayout, view: View): void {
  const { width, height, transform, theme } = view;
  const ratio = devicePixelRatio;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, width, height);
  context.translate(transform.x, transform.y);
  context.scale(transform.k, transform.k);
  const dot = Math.min(DOT.most, Math.max(DOT.least, DOT.radius * transform.k)) / transform.k;
  context.globalAlpha = theme.isHighContrast ? 0.7 : 0.35;
  if (!view.isMoving) drawLinks(context, layout, layout.associations, theme.muted, 0.8 / transform.k);
  context.globalAlpha = 0.8;
  drawLinks(context, layout, layout.continues, theme.muted, 1 / transform.k);
  context.globalAlpha = 1;
  drawDots(context, layout, view, dot * transform.k);
  drawRings(context, layout, view, dot);
  drawNames(context, layout, view);
}

function drawLinks(
  context: CanvasRenderingContext2D,
  { memories }: GraphLayout,
  links: readonly PlacedLink[],
  colour: string,
  width: number,
): void {
  context.beginPath();
  for (const { source, target } of links) {
    const [from, to] = [memories[source], memories[target]];
    if (from === undefined || to === undefined) continue;
    context.moveTo(from.x, from.y);
    context.lineTo(to.x, to.y);
  }
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke();
}

/** Copies of one small picture for each colour: far cheaper than thousands of arcs where no graphics card helps. */
function drawDots(context: CanvasRenderingContext2D, layout: GraphLayout, view: View, radiusPx: number): void {
  const { transform, theme, width, height } = view;
  const sprites = BRANCH_COLOURS.map((colour) => sprite(theme.colours[colour], radiusPx));
  const ratio = devicePixelRatio;
  const reach = Math.ceil(radiusPx) + 1;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  for (const { x, y, branchIndex } of layout.memories) {
    const [left, top] = [transform.applyX(x) - reach, transform.applyY(y) - reach];
    const dot = sprites[branchIndex % sprites.length];
    if (dot === undefined || left > width || top > height || left < -2 * reach || top < -2 * reach) continue;
    context.drawImage(dot, left, top, 2 * reach, 2 * reach);
  }
  context.translate(transform.x, transform.y);
  context.scale(transform.k, transform.k);
}

function sprite(colour: string, radiusPx: number): HTMLCanvasElement {
  const ratio = devicePixelRatio;
  const reach = Math.ceil(radiusPx) + 1;
  const size = Math.ceil(2 * reach * ratio);
  const canvas = el('canvas', { width: size, height: size });
  const context = canvas.getContext('2d');
  if (context === null) return canvas;
  context.scale(ratio, ratio);
  context.arc(reach, reach, radiusPx, 0, 2 * Math.PI);
  context.fillStyle = colour;
  context.fill();
  return canvas;
}

function circles(context: CanvasRenderingContext2D, memories: readonly PlacedMemory[], radius: number): void {
  context.beginPath();
  for (const { x, y } of memories) {
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
  }
}

/** Around memories that a slot points at, and around the selected one with its links. */
function drawRings(context: CanvasRenderingContext2D, layout: GraphLayout, view: View, dot: number): void {
  const { theme, transform, selected } = view;
  circles(
    context,
    layout.memories.filter(({ slot }) => slot !== null),
    dot + 2 / transform.k,
  );
  context.strokeStyle = theme.foreground;
  context.lineWidth = 1.5 / transform.k;
  context.stroke();
  const memory = selected === null ? undefined : layout.memories[selected];
  if (memory === undefined) return;
  const touches = ({ source, target }: PlacedLink): boolean => source === selected || target === selected;
  const links = [...layout.continues, ...layout.associations].filter(touches);
  drawLinks(context, layout, links, theme.focus, 2 / transform.k);
  circles(context, [memory], dot + 4 / transform.k);
  context.lineWidth = 2.5 / transform.k;
  context.stroke();
}

/** Below branches that are large enough on screen: what the newest memory says. No name lies on that of a larger one. */
function drawNames(context: CanvasRenderingContext2D, { branches, memories }: GraphLayout, view: View): void {
  const { transform, theme, width, height } = view;
  const ratio = devicePixelRatio;
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.font = theme.font;
  context.textAlign = 'center';
  context.textBaseline = 'top';
  context.fillStyle = theme.foreground;
  context.strokeStyle = theme.background;
  context.lineWidth = 3;
  const taken: Box[] = [];
  const bySize = [...branches].sort((a, b) => b.radius - a.radius);
  for (const branch of bySize) {
    const [x, y] = transform.apply([branch.x, branch.y + branch.radius]);
    const isInside = x > -100 && x < width + 100 && y > -20 && y < height;
    if (!isInside || 2 * (branch.radius + 0.5) * transform.k < NAMED_FROM_PX) continue;
    const name = nameOf(branch, memories);
    const half = context.measureText(name).width / 2 + 4;
    const box = { left: x - half, right: x + half, top: y + 6, bottom: y + 24 };
    if (taken.some((other) => overlap(box, other))) continue;
    taken.push(box);
    context.strokeText(name, x, y + 9);
    context.fillText(name, x, y + 9);
  }
}

interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function nameOf({ members }: PlacedBranch, memories: readonly PlacedMemory[]): string {
  const title = memories[members[members.length - 1] ?? -1]?.title ?? '';
  const chars = Array.from(title.replace(/\s+/g, ' '));
  return chars.length > NAME_CHARS ? `${chars.slice(0, NAME_CHARS).join('')}…` : chars.join('');
}
