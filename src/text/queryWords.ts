/** What a query asks for, word by word, with every form in which a memory may say it. */

import { normalize } from './normalize.js';
import { scan, type Run } from './scan.js';
import { runTokens } from './searchTokens.js';
import { isStopWord } from './stopWords.js';
import { readSynonyms } from './synonyms.js';

export interface QueryWord {
  /** As it was asked, for people. */
  readonly text: string;
  /** Above 0, at most 1: how much it says about what is looked for. */
  readonly weight: number;
  /** The word itself first. */
  readonly forms: readonly QueryForm[];
  /** Only the beginning was given: every word that begins so is meant. */
  readonly isPrefix?: true;
}

export interface QueryForm {
  readonly kind: 'word' | 'parts' | 'joined' | 'synonym';
  /** Index tokens. Of several, a memory that has them all matches fully. */
  readonly tokens: readonly string[];
  /** Above 0, at most 1. */
  readonly weight: number;
}

/** More words than this say no more about what is looked for, and each costs posting lists. */
const MAX_WORDS = 32;
/** A long identifier has many parts; the first few find it. */
const MAX_PARTS = 12;

/** Found by its parts a word is found less surely. */
const PARTS_WEIGHT = 0.85;
/** `time out` for `timeout`. */
const JOINED_WEIGHT = 0.9;
/** Words of the question rather than of its subject. */
const WEAK_WEIGHT = 0.25;

const WEAK_ENGLISH =
  'ago allow allowed anything back bad better big called caught change changed changes come comes coming current ' +
  'currently d decide decided decision didn different do does doesn don done earlier end ever everything exactly explain ' +
  'explained find found go goes going good handle handled happen happened happening happens hasn instead isn keep kept ' +
  'know large last later let ll long look looked m made make making many mean means meant much must need needed needs ' +
  'new next nobody often old people person please possible problem put quickly re reason reasons remember s same shall ' +
  'show small someone something sort still t take taken takes tell thing things tried try type used using ve want ' +
  'wanted wasn way ways who whom why won work working works would wouldn wrong';
const WEAK_KOREAN =
  '왜 어떻게 무엇 무엇을 무엇으로 무슨 뭐 뭐야 뭐였지 뭘 뭘로 언제 언제야 어디 어디서 어디에 어디로 누구 누가 누구한테 어느 어떤 몇 ' +
  '얼마 얼마나 얼마야 이유 원인 방법 문제 까닭 지금 우리 있어 있나 있었어 있었지 있지 없나 했지 했어 했나 됐어 됐지 되나 돼 나 난 내 ' +
  '건 게 거 거야 걸 좀 때 다시 그때 일 생긴 하기로 하지 하나 하나요 쓰나 쓰나요 써 쓰기로 어때 알려줘 찾아줘 적 후 뒤 다음 전 관련 ' +
  '이었지 였지 그 이 저';
const WEAK = new Set(`${WEAK_ENGLISH} ${WEAK_KOREAN}`.split(' '));

const SYNONYMS = readSynonyms(keyOf);

/**
 * Distinct, in the order of the query. Stop words are left out unless there is nothing else.
 * @param prefixes words, in lower case, of which only the beginning is given
 */
export function queryWords(query: string, prefixes: ReadonlySet<string> = new Set()): QueryWord[] {
  const runs = scan(normalize(query)).map((run) => ({ run, word: run.text.toLowerCase() }));
  const telling = runs.filter(({ word }) => prefixes.has(word) || WEAK.has(word) || !isStopWord(word));
  const chosen = telling.length > 0 ? telling : runs;
  const words = new Map<string, QueryWord>();
  for (const { run, word } of chosen) {
    const isPrefix = prefixes.has(word);
    const made = queryWord(run, WEAK.has(word) && !isPrefix ? WEAK_WEIGHT : 1);
    const key = made?.forms[0]?.tokens.join(' ');
    if (made !== null && key !== undefined && !words.has(key)) {
      words.set(key, isPrefix ? { ...made, isPrefix } : made);
    }
    if (words.size >= MAX_WORDS) break;
  }
  return withJoined(
    [...words.values()],
    runs.map(({ run }) => run),
  );
}

function queryWord(run: Run, weight: number): QueryWord | null {
  const { whole, parts } = runTokens(run);
  const forms: QueryForm[] = [];
  if (whole !== null) forms.push({ kind: 'word', tokens: [whole], weight: 1 });
  const few = [...new Set(parts)].slice(0, MAX_PARTS);
  if (few.length > 0) forms.push({ kind: 'parts', tokens: few, weight: whole === null ? 1 : PARTS_WEIGHT });
  for (const { word, weight: likeness } of SYNONYMS.get(whole ?? '') ?? []) {
    forms.push({ kind: 'synonym', tokens: [word], weight: likeness });
  }
  return forms.length === 0 ? null : { text: run.text, weight, forms };
}

/** Two words in a row may be one in the memory: `log in` and `login`. */
function withJoined(words: QueryWord[], runs: readonly Run[]): QueryWord[] {
  for (const [index, run] of runs.entries()) {
    const next = runs[index + 1];
    if (run.kind !== 'word' || next?.kind !== 'word') continue;
    const { whole } = runTokens({ kind: 'word', text: `${run.text}${next.text}`.toLowerCase() });
    if (whole === null) continue;
    for (const [at, word] of words.entries()) {
      if (word.text !== run.text && word.text !== next.text) continue;
      if (word.forms.some(({ kind, tokens }) => kind === 'joined' && tokens[0] === whole)) continue;
      words[at] = { ...word, forms: [...word.forms, { kind: 'joined', tokens: [whole], weight: JOINED_WEIGHT }] };
    }
  }
  return words;
}

/** The token by which a single word is found. */
function keyOf(word: string): string {
  const [run] = scan(normalize(word));
  return (run === undefined ? null : runTokens(run).whole) ?? word;
}
