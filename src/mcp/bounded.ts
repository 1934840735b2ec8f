/**
 * Keeps an answer within what a model can take in: a page of long memories would fill its context. First texts are
 * cut, the longest first, and a text that was cut says how long it was. Where that is not enough, a page ends earlier
 * and says where the next one begins, and of long lists (tags, links, metadata) the rest is left off and counted.
 */

/** One whole answer as JSON: about 11 000 tokens. Characters of English; another script has about a token for each. */
export const MAX_ANSWER_CHARS = 40_000;
/** No page has room for more memories, however short they are: so many need not be read. */
export const MAX_PAGE = 150;
const OTHER_SCRIPT_COST = 3.5;
/** No text of a page is cut below this; rather there are fewer of them. */
const MIN_TEXT_CHARS = 200;
/** What it takes to say that a text was cut. */
const CUT_MARK_CHARS = 40;
/** A name that another program has stored may be of any length. */
const MAX_NAME_CHARS = 400;
/** Each list of a memory on a page. */
const MAX_LIST_CHARS = 2_000;

interface Memory {
  readonly block_index?: number;
  readonly context: string;
  /** What matched in it: from and to. */
  readonly matches?: readonly (readonly [number, number])[];
  readonly metadata?: Readonly<Record<string, unknown>>;
  readonly explanation?: { readonly by_word: readonly unknown[] };
}

/** Where the results of operations hold memories. */
interface Answer {
  readonly memories?: readonly Memory[];
  readonly results?: readonly Memory[];
  readonly memory?: Memory;
}

/**
 * The same answer within {@link MAX_ANSWER_CHARS}: `context` cut, with `context_chars`, and `left_off` with the number
 * of what is missing from a list. A page of `memories` gets the `next_before` that continues it; `results` that end
 * earlier must be asked for again, because only the search knows its cursor.
 */
export function bounded<T extends object>(answer: T): T {
  const { memories, results, memory } = answer as Answer;
  if (isFitting(memories ?? results ?? []) && isFitting([answer])) return answer;
  const isOnlyLists = memories === undefined && results === undefined && memory === undefined;
  const listRoom = isOnlyLists ? MAX_ANSWER_CHARS / 2 : MAX_ANSWER_CHARS / 8;
  const rest = withShortLists({ ...answer, memories: undefined, results: undefined, memory: undefined }, listRoom);
  const room = MAX_ANSWER_CHARS - costOf(rest) - CUT_MARK_CHARS;
  const page = memories && pageWithin(memories, room);
  return {
    ...answer,
    ...definedOf(rest),
    ...(page && { memories: page }),
    ...(page && page.length < (memories?.length ?? 0) && { next_before: page.at(-1)?.block_index ?? null }),
    ...(results && { results: pageWithin(results, room) }),
    ...(memory && { memory: memoryWithin(memory, room) }),
  };
}

/** Without writing out more of them than fit: all together may be larger than a string can be. */
function isFitting(items: readonly object[]): boolean {
  let cost = 0;
  for (const item of items) {
    const { context = '' } = item as Partial<Memory>;
    cost += textCost(context);
    if (cost <= MAX_ANSWER_CHARS) cost += costOf({ ...item, context: '' });
    if (cost > MAX_ANSWER_CHARS) return false;
  }
  return true;
}

/** Its length as JSON, in characters of English. */
export function costOf(value: unknown): number {
  const text = JSON.stringify(value);
  let cost = 0;
  for (let at = 0; at < text.length; at++) cost += text.charCodeAt(at) < 0x80 ? 1 : OTHER_SCRIPT_COST;
  return cost;
}

/** As many from the beginning as have room with a passage of their text, and at least the first. */
function pageWithin(memories: readonly Memory[], room: number): Memory[] {
  const kept: Memory[] = [];
  let bare = 0;
  let least = 0;
  for (const memory of memories) {
    const head = withShortNames(withShortLists(memory, MAX_LIST_CHARS));
    const own = costOf({ ...head, context: '' }) + 1;
    least += own + CUT_MARK_CHARS + Math.min(textCost(head.context), MIN_TEXT_CHARS);
    if (least > room && kept.length > 0) break;
    bare += own + CUT_MARK_CHARS;
    kept.push(head);
  }
  const limit = fittingCost(
    kept.map(({ context }) => textCost(context)),
    room - bare,
  );
  return limit === null ? kept : kept.map((memory) => withShortText(memory, Math.max(limit, MIN_TEXT_CHARS)));
}

/** All that there is of one memory shares the room, so that no part crowds out the others. */
function memoryWithin(memory: Memory, room: number): Memory {
  const named = withShortNames(memory);
  const parts = Object.entries(named).filter(([name, value]) => name === 'metadata' || Array.isArray(value));
  const costs = [textCost(memory.context), ...parts.map(([, value]) => costOf(value))];
  const bare = costOf({ ...named, ...Object.fromEntries(parts.map(([name]) => [name, null])), context: '' });
  const limit = fittingCost(costs, room - bare - CUT_MARK_CHARS * costs.length);
  return limit === null ? named : withShortText(withShortLists(named, limit), limit);
}

/** What each may cost so that all of them fit; null: they fit as they are. */
function fittingCost(costs: readonly number[], room: number): number | null {
  let left = room;
  const ascending = [...costs].sort((a, b) => a - b);
  for (const [index, cost] of ascending.entries()) {
    const share = Math.floor(left / (ascending.length - index));
    if (cost > share) return Math.max(share, 0);
    left -= cost;
  }
  return null;
}

/** Lists and metadata cut to this cost, and how much of them is missing. */
function withShortLists<T extends object>(given: T, room: number): T {
  const leftOff: Record<string, number> = {};
  const cut = Object.entries(given).map(([name, value]: [string, unknown]): [string, unknown] => {
    const items = itemsOf(name, value);
    if (items === null || costOf(value) <= room) return [name, value];
    const kept = itemsWithin(items, room);
    leftOff[name] = items.length - kept.length;
    return [name, rebuilt(name, value, kept)];
  });
  return Object.fromEntries([...cut, ...(Object.keys(leftOff).length === 0 ? [] : [['left_off', leftOff]])]) as T;
}

function itemsOf(name: string, value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value as readonly unknown[];
  if (name === 'explanation') return (value as Memory['explanation'])?.by_word ?? null;
  // The small values first: they are what a memory is understood by, and the large ones are attachments.
  if (name === 'metadata') return Object.entries(value as object).sort((a, b) => costOf(a) - costOf(b));
  return null;
}

function rebuilt(name: string, value: unknown, kept: readonly unknown[]): unknown {
  if (name === 'explanation') return { ...(value as object), by_word: kept };
  return name === 'metadata' ? Object.fromEntries(kept as [string, unknown][]) : kept;
}

function itemsWithin(items: readonly unknown[], room: number): unknown[] {
  let cost = 2;
  const end = items.findIndex((item) => (cost += costOf(item) + 1) > room);
  return end < 0 ? [...items] : items.slice(0, end);
}

function withShortNames(memory: Memory): Memory {
  const cut = Object.entries(memory).map(([name, value]: [string, unknown]) => {
    const isName = typeof value === 'string' && name !== 'context';
    return [name, isName ? textWithin(value, MAX_NAME_CHARS) : value];
  });
  return Object.fromEntries(cut) as Memory;
}

function withShortText(memory: Memory, limit: number): Memory {
  const { context } = memory;
  const start = textWithin(context, limit);
  if (start === context) return memory;
  const matches = memory.matches?.filter(([, to]) => to <= start.length - 1);
  const cut = { ...memory, context: start, context_chars: context.length };
  return matches === undefined ? cut : { ...cut, matches };
}

/** The text, or its beginning and a sign that it goes on; never cut in the middle of a character. */
function textWithin(text: string, limit: number): string {
  let cost = 0;
  for (let at = 0; at < text.length; at++) {
    cost += charCost(text.charCodeAt(at));
    if (cost > limit) return `${text.slice(0, at).replace(/[\uD800-\uDBFF]$/, '')}…`;
  }
  return text;
}

/** Or more than there is room for. */
function textCost(text: string): number {
  let cost = 0;
  for (let at = 0; at < text.length && cost <= MAX_ANSWER_CHARS; at++) cost += charCost(text.charCodeAt(at));
  return cost;
}

/** In JSON a control character takes six, a quotation mark two. */
function charCost(code: number): number {
  if (code >= 0x80) return OTHER_SCRIPT_COST;
  if (code < 0x20) return 6;
  return code === 0x22 || code === 0x5c ? 2 : 1;
}

function definedOf(object: object): object {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
}
