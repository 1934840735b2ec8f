/**
 * Keeps an answer within what a model can take in: a page of long memories would fill its context. Texts are cut, the
 * longest first, until all of them together fit, and a text that was cut says how long it was. Resources are whole.
 */

/** All texts of one answer together: about 10 000 tokens of English. */
export const MAX_ANSWER_CHARS = 40_000;
/** No text is cut below this. */
const MIN_TEXT_CHARS = 200;

interface Text {
  readonly context: string;
  /** What matched in it: from and to. */
  readonly matches?: readonly (readonly [number, number])[];
}

/** Where the results of operations hold memories. */
interface Answer {
  readonly memories?: readonly Text[];
  readonly results?: readonly Text[];
  readonly memory?: Text;
}

/** The same answer, with `context` cut as far as it has to be and `context_chars` where it was. */
export function bounded<T extends object>(answer: T): T {
  const { memories, results, memory } = answer as Answer;
  const texts = [...(memories ?? []), ...(results ?? []), ...(memory === undefined ? [] : [memory])];
  const limit = fittingLength(texts.map(({ context }) => context.length));
  if (limit === null) return answer;
  const cut = cutTo(limit);
  return {
    ...answer,
    ...(memories && { memories: memories.map(cut) }),
    ...(results && { results: results.map(cut) }),
    ...(memory && { memory: cut(memory) }),
  };
}

/** The length to which texts must be cut so that all of them fit; null: they fit as they are. */
function fittingLength(lengths: readonly number[]): number | null {
  let left = MAX_ANSWER_CHARS;
  const ascending = [...lengths].sort((a, b) => a - b);
  for (const [index, length] of ascending.entries()) {
    const share = Math.floor(left / (ascending.length - index));
    if (length > share) return Math.max(share, MIN_TEXT_CHARS);
    left -= length;
  }
  return null;
}

function cutTo(limit: number): (text: Text) => Text {
  return (text) => {
    if (text.context.length <= limit) return text;
    // Never in the middle of a character.
    const start = text.context.slice(0, limit).replace(/[\uD800-\uDBFF]$/, '');
    const matches = text.matches?.filter(([, to]) => to <= start.length);
    const cut = { ...text, context: `${start}…`, context_chars: text.context.length };
    return matches === undefined ? cut : { ...cut, matches };
  };
}
