/** Addresses of what can be read as a resource. */

export type ResourceAddress =
  | { readonly kind: 'worker' }
  | { readonly kind: 'slots' }
  | { readonly kind: 'memory'; readonly index: number }
  /** `root`: the uuid that the blocks of a branch share. */
  | { readonly kind: 'branch'; readonly root: string };

export const WORKER_URI = 'greeum://worker';
export const SLOTS_URI = 'greeum://slots';
export const MEMORY_TEMPLATE = 'greeum://memory/{index}';
export const BRANCH_TEMPLATE = 'greeum://branch/{root}';

/** Longest address that is looked at; a branch has 36 characters. */
const MAX_URI_CHARS = 300;
const PARTS = /^greeum:\/\/(?:(worker|slots)|memory\/(0|[1-9]\d{0,15})|branch\/([\w.~%-]{1,200}))$/;

/** Null for what is no address of ours. */
export function parseUri(uri: string): ResourceAddress | null {
  const [, fixed, index, root] = (uri.length <= MAX_URI_CHARS && PARTS.exec(uri)) || [];
  if (fixed === 'worker' || fixed === 'slots') return { kind: fixed };
  if (index !== undefined) return { kind: 'memory', index: Number(index) };
  const name = root === undefined ? null : decoded(root);
  return name === null ? null : { kind: 'branch', root: name };
}

export function memoryUri(index: number): string {
  return `greeum://memory/${index}`;
}

export function branchUri(root: string): string {
  return `greeum://branch/${encodeURIComponent(root)}`;
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    // A lone percent sign: no address that we gave out.
    return null;
  }
}
