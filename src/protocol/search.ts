/** What an index finds and a ranking orders. Plain counts: any store can give them. */

export interface SearchCandidates {
  /** Number of indexed memories, and their mean length in tokens. */
  readonly documentCount: number;
  readonly averageLength: number;
  /** For each query token: in how many memories it is. */
  readonly documentFrequencies: readonly number[];
  readonly matches: readonly SearchMatch[];
}

export interface SearchMatch {
  readonly blockIndex: number;
  /** In tokens. */
  readonly length: number;
  /** For each query token: how often it is in this memory. */
  readonly frequencies: readonly number[];
}
