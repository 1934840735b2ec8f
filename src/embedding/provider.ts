/** What turns texts into vectors. */

/** Longer texts are cut: no model reads further, and a server would refuse them. */
export const MAX_EMBEDDED_CHARS = 8_000;
export const MAX_DIMENSION = 8_192;

export interface EmbeddingProvider {
  /** Stays with each vector that it makes. */
  readonly model: string;
  /** Numbers in each vector. @throws GreeumError as {@link embed} */
  dimension(signal: AbortSignal): Promise<number>;
  /**
   * @returns a vector of length one for each text, all of one dimension; null for a text that the model refuses
   * @throws GreeumError `embedding_failed`: nobody answers, or what comes back is no answer
   */
  embed(texts: readonly string[], signal: AbortSignal): Promise<(Float32Array | null)[]>;
}

/** In place. @returns null when it points nowhere */
export function toUnitLength(vector: Float32Array): Float32Array | null {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const length = Math.sqrt(squares);
  if (!Number.isFinite(length) || length === 0) return null;
  for (let at = 0; at < vector.length; at++) vector[at] = (vector[at] ?? 0) / length;
  return vector;
}
