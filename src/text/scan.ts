/**
 * Cuts a text into runs of one kind: words and identifiers, Hangul, and scripts written without spaces. A run ends
 * where the kind changes, so that `SQLite를` is the word `SQLite` and the Hangul `를`.
 *
 * Written by hand because a regular expression that does this keeps a stack as long as the run, and a run can be the
 * whole text.
 */

export type RunKind = 'word' | 'hangul' | 'cjk';

export interface Run {
  readonly kind: RunKind;
  /** Case as in the text. A `word` may hold single joiners `. _ - / \`, each between letters or digits. */
  readonly text: string;
}

/** Where in the scanned text a run begins, in UTF-16 units. */
export interface PlacedRun extends Run {
  readonly at: number;
}

/** `joiner` belongs to a word when there is one on both its sides; `mark` to whatever it stands on. */
type CharKind = RunKind | 'joiner' | 'mark' | 'separator';

/** The runs of a normalised text in order, of any length. Linear. */
export function scan(text: string): PlacedRun[] {
  const runs: PlacedRun[] = [];
  let kind: RunKind | 'separator' = 'separator';
  let start = 0;
  for (let at = 0; at < text.length;) {
    const code = text.codePointAt(at) ?? 0;
    const next = at + (code > 0xffff ? 2 : 1);
    let found = kindOf(code);
    if (found === 'mark') found = kind;
    if (found === 'joiner') {
      found = kind === 'word' && kindOf(text.codePointAt(next) ?? 0) === 'word' ? kind : 'separator';
    }
    if (found !== kind) {
      if (kind !== 'separator') runs.push({ kind, text: text.slice(start, at), at: start });
      kind = found;
      start = at;
    }
    at = next;
  }
  if (kind !== 'separator') runs.push({ kind, text: text.slice(start), at: start });
  return runs;
}

const KINDS = ['word', 'hangul', 'cjk', 'joiner', 'mark', 'separator'] as const satisfies readonly CharKind[];

/** Position in {@link KINDS} plus one by UTF-16 unit, found when first met: testing properties is slow. */
const kindsByUnit = new Uint8Array(0x10000);

function kindOf(code: number): CharKind {
  if (code > 0xffff) return findKind(code);
  const known = KINDS[(kindsByUnit[code] ?? 0) - 1];
  if (known !== undefined) return known;
  const found = findKind(code);
  kindsByUnit[code] = KINDS.indexOf(found) + 1;
  return found;
}

function findKind(code: number): CharKind {
  const char = String.fromCodePoint(code);
  if ('._-/\\'.includes(char)) return 'joiner';
  if (/\p{M}/u.test(char)) return 'mark';
  if (!/[\p{L}\p{N}]/u.test(char)) return 'separator';
  if (/\p{Script=Hangul}/u.test(char)) return 'hangul';
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー]/u.test(char) ? 'cjk' : 'word';
}
