/** The form in which texts are compared: NFKC, so that full-width, decomposed and compatibility forms are the same. */

/** More marks on one letter than any writing uses; UAX #15 (stream-safe text) takes the same number. */
const MAX_MARKS = 30;
const EXCESSIVE_MARKS = new RegExp(`(\\p{M}{${MAX_MARKS}})\\p{M}+`, 'gu');
// eslint-disable-next-line no-control-regex -- the range is what makes it ASCII
const ASCII = /^[\x00-\x7f]*$/;

/** Their compatibility forms are whole sentences, of eight and eighteen characters: they stay as they are. */
const BETWEEN_SENTENCES = /[^\ufdfa\ufdfb]+/g;

/**
 * NFKC in linear time, the same for a piece of text wherever it stands. Marks beyond the thirtieth on one letter are
 * dropped first: sorting a long run of them is quadratic, half a second for 80 kB.
 */
export function normalize(text: string): string {
  if (ASCII.test(text)) return text;
  const tame = text.replace(EXCESSIVE_MARKS, '$1');
  return tame.replace(BETWEEN_SENTENCES, (part) => part.normalize('NFKC'));
}
