/** A run of what Python's `\w` matches; `\b` of its regular expressions lies at the ends of such a run. */
const RUN = /[\p{L}\p{N}_]+/gu;
const WORD = /^[a-z가-힣]{2,}$/;

/**
 * The words by which a memory is put on a branch: what `\b[a-zA-Z가-힣]{2,}\b` matches in the lower-cased text, as
 * Python Greeum counts it. A run that also holds a digit, an underscore or another script is no word.
 */
export function branchWords(text: string): Set<string> {
  const words = new Set<string>();
  for (const [run] of text.toLowerCase().matchAll(RUN)) if (WORD.test(run)) words.add(run);
  return words;
}
