/**
 * UTF-8 encoding is part of every runtime we target but not of the ECMAScript library. The pure folders are checked
 * without Node's types (tsconfig.pure.json), so what they need of it is declared here, and nothing more.
 */
declare class TextEncoder {
  encode(text?: string): Uint8Array;
}

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes?: Uint8Array): string;
}
