/** What the page keeps over being hidden, and over the window being closed and opened again. */

import { FIRST_LOOK, parseLook, type Look } from '../dashboard/messages.js';
import { fields, finite, nullable, oneOf } from '../dashboard/shapes.js';
import type { Camera } from './graphCanvas.js';
import { keepState, keptState } from './host.js';

export interface PageState {
  readonly look: Look;
  readonly asTable: boolean;
  /** Where the graph is looked at; null: all of it. */
  readonly camera: Camera | null;
}

const parseState = fields({
  look: parseLook,
  asTable: oneOf([0, 1]),
  camera: nullable(fields({ x: finite, y: finite, scale: finite })),
});

const FIRST_STATE: PageState = { look: FIRST_LOOK, asTable: false, camera: null };

export function readState(): PageState {
  try {
    const { asTable, ...rest } = parseState(keptState());
    return { ...rest, asTable: asTable === 1 };
  } catch {
    // None was kept, or another version kept it: the page begins as a new one does.
    return FIRST_STATE;
  }
}

export function writeState({ asTable, ...rest }: PageState): void {
  keepState({ ...rest, asTable: asTable ? 1 : 0 });
}
