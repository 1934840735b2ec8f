/**
 * Korean words without particles and verb endings, by their shape alone: no dictionary. What is taken off wrongly is
 * taken off in memory and query alike, and the pairs of syllables that remain still meet.
 */

/** Of nouns; longest first. */
const PARTICLES =
  /(?:에서부터|으로부터|이라는|이라고|이라도|에게서|에서는|에서도|으로는|으로도|까지는|까지도|에서|에게|에는|에도|으로|까지|부터|처럼|보다|마다|조차|밖에|이나|이랑|라는|라고|한테|께서|은|는|이|가|을|를|의|에|로|와|과|도|만|랑)$/;

/** Of verbs; longest first, the empty one last. */
const ENDINGS =
  /(?:더니|습니까|습니다|니까|는지|는데|면서|려고|려면|다가|도록|던데|지만|기로|기를|기가|거나|어서|어도|어요|니다|나요|지요|네요|여서|다|고|며|면|지|나|니|는|던|어|여|기|게|자|야|요|서|을까|까|은|을)$/;

/** 하다, 되다, 시키다 and 당하다 as they stand before an ending. The nouns 제한, 권한, 기한 and 무한 are none of them. */
const LIGHT_VERB =
  /(?:하|되|해|했|(?<![제권기무])한|할|함|합|돼|됐|된|될|됨|됩|하였|되었|시키|시켜|시켰|시킨|시킬|당하|당해|당했|당한)$/;

/** 이다 behind a noun. */
const COPULA = /(?:입니다|입니까|이에요|이었다|이라서|인가요|예요|이다|이야|였다|이지|인가|인지|이며|이고|이면)$/;

/** What has fewer syllables is no word any more, or too short to be told from its ending. */
const MIN_STEM_SYLLABLES = 2;

/** @param word syllables only; at most a few dozen are looked at, from the end */
export function koreanStem(word: string): string {
  if (word.length <= MIN_STEM_SYLLABLES) return word;
  return cut(word, COPULA) ?? withoutLightVerb(word) ?? cut(word, PARTICLES) ?? word;
}

function withoutLightVerb(word: string): string | null {
  const bare = cut(word, ENDINGS);
  return (bare === null ? null : (cut(bare, LIGHT_VERB) ?? presentOf(bare))) ?? cut(word, LIGHT_VERB);
}

/** Where composed syllables begin, and how many there are for each vowel and final. */
const FIRST_SYLLABLE = 0xac00;
const FINALS = 28;
const VOWELS = 21;
const FINAL_SS = 20;
/** ㅕ, ㅘ and ㅝ are ㅣ, ㅗ and ㅜ drawn together with the vowel of the past. */
const PRESENT_VOWELS: ReadonlyMap<number, number> = new Map([
  [6, 20],
  [9, 8],
  [14, 13],
]);

/** 줄였 is 줄이, 바꿨 is 바꾸, 보냈 is 보내; null for what is no past of a verb. */
function presentOf(bare: string): string | null {
  const at = bare.charCodeAt(bare.length - 1) - FIRST_SYLLABLE;
  if (at % FINALS !== FINAL_SS || /[았었]$/.test(bare)) return null;
  const vowel = Math.floor(at / FINALS) % VOWELS;
  const present = at - FINAL_SS + ((PRESENT_VOWELS.get(vowel) ?? vowel) - vowel) * FINALS;
  return bare.slice(0, -1) + String.fromCharCode(FIRST_SYLLABLE + present);
}

/** Null when nothing is to be taken off, or too little would remain. */
function cut(word: string, ending: RegExp): string | null {
  const stem = word.replace(ending, '');
  return stem.length >= MIN_STEM_SYLLABLES && stem.length < word.length ? stem : null;
}
