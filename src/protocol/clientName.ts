import { MAX_CLIENT_CHARS } from './limits.js';

/** Name and version of an agent as they are kept with a memory; undefined for what says nothing. */
export function clientName(name: unknown, version?: unknown): string | undefined {
  const parts = [name, version].filter((part): part is string => typeof part === 'string');
  // It is shown in lists and prompts, so it is one line; a lone surrogate could not be stored.
  const text = parts
    .join(' ')
    .replace(/[\s\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ')
    .trim();
  return text === ''
    ? undefined
    : Array.from(text.slice(0, 2 * MAX_CLIENT_CHARS))
        .slice(0, MAX_CLIENT_CHARS)
        .join('');
}

/** Reads the header in which our own clients send it percent-encoded. */
export function clientFromHeader(value: string | string[] | undefined): string | undefined {
  if (typeof value !== 'string' || value.length > 10 * MAX_CLIENT_CHARS) return undefined;
  try {
    return clientName(decodeURIComponent(value));
  } catch {
    // Not percent-encoded as it should be: only a name is lost.
    return undefined;
  }
}
