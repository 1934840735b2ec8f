/**
 * The one thing that pure code takes from Node: SHA-256, which gives the same bytes for the same text everywhere and
 * reaches nothing outside.
 */
declare module 'node:crypto' {
  interface Hash {
    update(text: string, encoding: 'utf8'): Hash;
    digest(encoding: 'hex'): string;
  }
  export function createHash(algorithm: 'sha256'): Hash;
}
