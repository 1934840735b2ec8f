/** A text with `**` around what matched. @param matches from and to, in UTF-16 units, in order, apart */
export function marked(text: string, matches: readonly (readonly [number, number])[] = []): string {
  let out = '';
  let done = 0;
  for (const [from, to] of matches) {
    out += `${text.slice(done, from)}**${text.slice(from, to)}**`;
    done = to;
  }
  return out + text.slice(done);
}
