/** Charts as SVG, drawn by Vega-Lite. They stand on the white and the black background of a page alike. */

import type { TopLevelSpec } from 'vega-lite';

export interface Chart {
  readonly title: string;
  readonly x: { readonly title: string; readonly isLogarithmic?: boolean };
  readonly y: { readonly title: string; readonly isLogarithmic?: boolean };
  readonly lines: readonly { readonly name: string; readonly points: readonly (readonly [number, number])[] }[];
}

const WIDTH = 520;
const HEIGHT = 240;
const INK = '#808080';

/** @returns the SVG's text */
export async function drawLines({ title, x, y, lines }: Chart): Promise<string> {
  // ECMAScript modules that wait while they load: they cannot be required.
  const [{ parse, View }, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const values = lines.flatMap(({ name, points }) => points.map((point) => ({ name, x: point[0], y: point[1] })));
  const spec: TopLevelSpec = {
    title,
    width: WIDTH,
    height: HEIGHT,
    data: { values },
    mark: { type: 'line', point: true },
    encoding: {
      x: { field: 'x', type: 'quantitative', title: x.title, scale: { type: scaleType(x.isLogarithmic) } },
      y: { field: 'y', type: 'quantitative', title: y.title, scale: { type: scaleType(y.isLogarithmic) } },
      color: { field: 'name', type: 'nominal', title: null, sort: lines.map(({ name }) => name) },
    },
    config: {
      background: 'transparent',
      view: { stroke: null },
      title: { color: INK },
      axis: { labelColor: INK, titleColor: INK, gridOpacity: 0.2, domainColor: INK, tickColor: INK },
      legend: { labelColor: INK, labelLimit: 0 },
      range: { category: { scheme: 'tableau10' } },
    },
  };
  const view = new View(parse(compile(spec).spec), { renderer: 'none' });
  const svg = await view.toSVG();
  view.finalize();
  return svg;
}

function scaleType(isLogarithmic = false): 'log' | 'linear' {
  return isLogarithmic ? 'log' : 'linear';
}
