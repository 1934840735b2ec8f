/** Cutting texts without cutting characters in two. */

/** The first `count` code points. */
export function firstCodePoints(text: string, count: number): string {
  if (text.length <= count) return text;
  let end = 0;
  for (let left = count; left > 0 && end < text.length; left--) end += isHighSurrogate(text, end) ? 2 : 1;
  return text.slice(0, end);
}

/** At most `maxUnits` UTF-16 units from the start, never half of a surrogate pair. */
export function firstUnits(text: string, maxUnits: number): string {
  return text.length <= maxUnits ? text : text.slice(0, wholeBoundary(text, maxUnits));
}

/** `offset`, or one before it when it lies inside a surrogate pair. */
export function wholeBoundary(text: string, offset: number): number {
  return offset > 0 && offset < text.length && isHighSurrogate(text, offset - 1) && isLowSurrogate(text, offset)
    ? offset - 1
    : offset;
}

function isHighSurrogate(text: string, offset: number): boolean {
  const unit = text.charCodeAt(offset);
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(text: string, offset: number): boolean {
  const unit = text.charCodeAt(offset);
  return unit >= 0xdc00 && unit <= 0xdfff;
}
