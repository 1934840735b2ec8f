/**
 * What a search index offers to a ranking: terms, the documents that have them, and what is known of each document.
 * Terms and documents are small whole numbers; documents are numbered in the order of their blocks.
 */

export interface SearchCorpus {
  readonly documentCount: number;
  /** Mean length of a document in tokens; at least 1. */
  readonly averageLength: number;
  /** Number of the term, or -1 when no document has it. */
  find(token: string): number;
  /** The opposite of {@link find}. */
  token(term: number): string;
  /** Number of the term that documents of this tag, or of this project, have; -1 when there are none. */
  findTag(tag: string): number;
  findProject(project: string): number;
  /** In how many documents a term is. */
  documentFrequency(term: number): number;
  /** Calls `visit` for each document of the term, the oldest first. `frequency` is 1 to 255. */
  each(term: number, visit: (document: number, frequency: number) => void): void;
  /** Terms that begin like this, at most `max`. */
  withPrefix(prefix: string, max: number): number[];
  /** Terms that differ in few letters, the likest first, at most `max`. */
  similarTo(token: string, max: number): number[];
  /** Terms in the other script, Hangul or Latin, that sound like this one. */
  soundingLike(token: string): number[];
  /** The document of a block, or -1. */
  documentOf(blockIndex: number): number;
  document(number: number): SearchDocument;
  /** Documents that continue this one. */
  children(document: number): number[];
  /** Length in tokens, by document; longer than `documentCount`. Not to be kept. */
  readonly lengths: Readonly<Uint16Array>;
  /** When it happened, see {@link SearchDocument.whenMs}, by document. Not to be kept. */
  readonly whensMs: Readonly<Float64Array>;
}

export interface SearchDocument {
  readonly blockIndex: number;
  /** `occurred_at`, else the time of writing: milliseconds of the local clock's reading as if it were UTC. */
  readonly whenMs: number;
  /** 0 to 1. */
  readonly importance: number;
  /** Position of the slot's name in `SLOT_NAMES`, or -1. */
  readonly slot: number;
  /** The document that this one continues, or -1. */
  readonly parent: number;
  /** Equal for documents of one project, and for those of none. */
  readonly project: number;
}
