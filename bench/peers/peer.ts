/** What is measured beside one another: programs that keep memories, each as its own process, the load in this one. */

export interface RunningPeer {
  /** Of the process that keeps the memories; null where each call is a process of its own. */
  readonly pid: number | null;
  /** @returns whether the peer acknowledged it; some refuse what comes beside other callers */
  add(text: string, number: number): Promise<boolean>;
  /** @returns whether it was answered */
  search(words: string): Promise<boolean>;
  /** As a power cut would: `kill -9`. Resolves when it is gone. */
  kill(): Promise<void>;
}

export interface Peer {
  readonly name: string;
  /** So many adds take a few seconds, however slow it is. */
  readonly addsPerRound: number;
  /** Puts memories into an empty folder, in whatever way is quick. */
  fill(folder: string, texts: readonly string[]): Promise<void>;
  /** Resolves with its first answer. */
  start(folder: string): Promise<RunningPeer>;
  /** How many memories a fresh reader finds in the folder. */
  count(folder: string): Promise<number>;
}
