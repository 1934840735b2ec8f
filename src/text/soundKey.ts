/**
 * How a name sounds, by its consonants alone: the same for `ClickHouse` and 클릭하우스, for `terraform` and 테라폼.
 * Koreans write foreign names in Hangul by their sound, each in a way of their own; consonants survive that.
 */

/** Shorter keys fit too many words. */
const MIN_KEY = 3;
const MAX_UNITS = 32;

const FIRST_SYLLABLE = 0xac00;
const FINALS = 28;
const VOWELS = 21;
const INITIAL_SOUNDS = ['k', 'k', 'n', 't', 't', 'l', 'm', 'p', 'p', 's', 's', '', 'j', 'j', 'c', 'k', 't', 'p', 'h'];
/** By the number of the final: ㄱ ㄴ ㄷ ㄹ ㅁ ㅂ ㅅ ㅇ and those that sound like them. ㅅ is a `t` in foreign names. */
const FINAL_SOUNDS = [
  '', 'k', 'k', 'k', 'n', 'n', 'n', 't', 'l', 'l', 'm', 'l', 'l', 'l', 'p', 'l', 'm', 'p', 'p', 't', 't', 'n', 't', 't',
  'k', 't', 'p', 't',
]; // prettier-ignore

/** Spellings, longest first, by what they become in Hangul; capitals are done. `r` is only heard before a vowel. */
const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/([a-z])\1/g, '$1'],
  [/tion|sion/g, 'SN'],
  [/dge|ge(?=$|[rt])/g, 'J'],
  [/tch|ch/g, 'C'],
  [/sh|th/g, 'S'],
  [/ph/g, 'P'],
  [/ck|qu?/g, 'K'],
  [/gh/g, ''],
  [/ng(?![aeiou])/g, 'N'],
  [/x/g, 'KS'],
  [/c(?=[eiy])/g, 'S'],
  [/r(?![aeiouy])/g, ''],
  [/[cg]/g, 'K'],
  [/[bfv]/g, 'P'],
  [/d/g, 'T'],
  [/z/g, 'J'],
  [/r/g, 'L'],
  [/[aeiouyw]/g, ''],
];

/** @param word an index token. @returns empty for what has no name's sound: too short, digits, other scripts */
export function soundKey(word: string): string {
  if (word.length > MAX_UNITS) return '';
  const sounds = /^[가-힣]{2,}$/.test(word) ? hangulSounds(word) : /^[a-z]{4,}$/.test(word) ? latinSounds(word) : '';
  // 스 at the end is an `s` that the stem of an English word has lost.
  const key = sounds.replace(/(?<=.{3})s$/, '');
  return key.length < MIN_KEY ? '' : key;
}

/** Whether a word is written in Hangul: only words of two scripts are compared by their sound. */
export function isHangul(word: string): boolean {
  const unit = word.charCodeAt(0);
  return unit >= FIRST_SYLLABLE && unit <= 0xd7a3;
}

function hangulSounds(word: string): string {
  let sounds = '';
  for (let at = 0; at < word.length; at++) {
    const syllable = word.charCodeAt(at) - FIRST_SYLLABLE;
    sounds += INITIAL_SOUNDS[Math.floor(syllable / (FINALS * VOWELS))] ?? '';
    sounds += FINAL_SOUNDS[syllable % FINALS] ?? '';
  }
  return sounds.replaceAll('ll', 'l');
}

function latinSounds(word: string): string {
  return SPELLINGS.reduce((sounds, [spelling, sound]) => sounds.replace(spelling, sound), word).toLowerCase();
}
