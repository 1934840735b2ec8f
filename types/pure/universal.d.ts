/**
 * What every runtime we target has although it is not part of ECMAScript. The pure folders are checked without Node's
 * types (tsconfig.pure.json), so what they use of it is declared here, and nothing more.
 */
declare class TextEncoder {
  encode(text?: string): Uint8Array;
}

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes?: Uint8Array): string;
}

/** Opaque to pure code: it passes a signal on and never listens to it. */
interface AbortSignal {
  readonly aborted: boolean;
}

/** Base64 of a text whose characters are bytes. */
declare function btoa(binary: string): string;

declare class URL {
  static canParse(url: string): boolean;
  constructor(url: string);
  readonly protocol: string;
  readonly hostname: string;
  readonly username: string;
  readonly password: string;
}
