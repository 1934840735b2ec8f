/** What the dashboard's host and its page say to each other. Each side checks what it hears. */

import { GRAPH_LIMITS } from './graph.js';
import { PERIODS } from './growth.js';
import { SLOT_NAMES } from '../protocol/slots.js';
import { LIVE_SERIES, SPANS } from './live.js';
import { fields, finite, listOf, natural, nullable, oneOf, text, variants, type Shaped } from './shapes.js';
import { WORD_KEYS, type Words } from './words.js';

export const TABS = ['live', 'growth', 'graph'] as const;
export type Tab = (typeof TABS)[number];

/** What a person has chosen to look at; the host sends what that needs, and nothing else. */
export const parseLook = fields({
  tab: oneOf(TABS),
  span: oneOf(SPANS),
  period: oneOf(PERIODS),
  /** How many memories the graph has. */
  limit: oneOf(GRAPH_LIMITS),
});
export type Look = Shaped<typeof parseLook>;

export const FIRST_LOOK: Look = { tab: 'live', span: 10, period: 'day', limit: 500 };

/** What a button of the page may ask for. */
export const PAGE_COMMANDS = ['startWorker', 'showStatus'] as const;
export type PageCommand = (typeof PAGE_COMMANDS)[number];

/** From the page. `ready` comes first, again whenever the page is made anew; `retry` asks again for what failed. */
export const parseFromPage = variants({
  ready: fields({ look: parseLook }),
  look: fields({ look: parseLook }),
  retry: fields({}),
  run: fields({ command: oneOf(PAGE_COMMANDS) }),
  open: fields({ block: natural }),
});
export type FromPage = Shaped<typeof parseFromPage>;

export const MOODS = ['well', 'busy', 'warning', 'error'] as const;

const series = listOf(nullable(finite));
const columns = fields(
  Object.fromEntries(LIVE_SERIES.map((name) => [name, series])) as Record<(typeof LIVE_SERIES)[number], typeof series>,
);
const times = fields({ times: listOf(finite), added: series });
const words = fields(Object.fromEntries(WORD_KEYS.map((key) => [key, text])) as { [K in keyof Words]: typeof text });

const node = fields({
  block_index: natural,
  branch: nullable(text),
  slot: nullable(oneOf(SLOT_NAMES)),
  project: nullable(text),
  timestamp: text,
  title: text,
  continues: nullable(natural),
});
const association = fields({ source: natural, target: natural, type: text, strength: finite });

/** To the page. */
export const parseToPage = variants({
  words: fields({ words, locale: text }),
  worker: fields({
    mood: oneOf(MOODS),
    /** The state in a sentence. */
    sentence: text,
    hint: text,
    /** Buttons that help. */
    commands: listOf(oneOf(PAGE_COMMANDS)),
    numbers: listOf(fields({ id: text, label: text, value: text })),
  }),
  live: fields({ columns: (value: unknown) => ({ ...times(value), ...columns(value) }) }),
  growth: fields({ days: listOf(fields({ day: text, blocks: natural })), today: text }),
  graph: fields({ graph: fields({ nodes: listOf(node), associations: listOf(association) }), total: natural }),
  /** What a tab needs could not be had. */
  trouble: fields({ tab: oneOf(TABS), message: text, hint: text }),
});
export type ToPage = Shaped<typeof parseToPage>;
export type WorkerFace = Omit<Extract<ToPage, { type: 'worker' }>, 'type'>;
