/** About how many tokens a language model takes a text for; rather too many than too few. */

const ASCII_CHARS_PER_TOKEN = 3.5;

export function estimateTokens(text: string): number {
  let ascii = 0;
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) < 0x80) ascii += 1;
  return Math.ceil(ascii / ASCII_CHARS_PER_TOKEN) + (text.length - ascii);
}
