/** The access token as the running owner holds it: compared in constant time, and exchanged while requests come in. */

import { createHmac, timingSafeEqual } from 'node:crypto';

export class AccessToken {
  #value: string;
  #bytes: Buffer;

  constructor(value: string) {
    this.#value = value;
    this.#bytes = Buffer.from(value);
  }

  get value(): string {
    return this.#value;
  }

  /** From now on the old one opens nothing. */
  replace(value: string): void {
    this.#value = value;
    this.#bytes = Buffer.from(value);
  }

  /** The length is no secret; the comparison takes as long for the first byte as for the last. */
  matches(shown: string): boolean {
    const bytes = Buffer.from(shown);
    return bytes.length === this.#bytes.length && timingSafeEqual(bytes, this.#bytes);
  }

  /** Whether {@link sign} made this of the statement. */
  hasSigned(statement: string, proof: string): boolean {
    const expected = Buffer.from(this.sign(statement));
    const bytes = Buffer.from(proof);
    return bytes.length === expected.length && timingSafeEqual(bytes, expected);
  }

  /** Proves that whoever made it knew the token, and tells nothing of it. A statement begins with its purpose. */
  sign(statement: string): string {
    return createHmac('sha256', this.#bytes).update(statement).digest('base64url');
  }
}
