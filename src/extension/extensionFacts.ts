/** What is known of this very extension. */
export interface ExtensionFacts {
  version: string;
  /** Folder it is installed in. */
  path: string;
  /** How long loading its code held up the main thread. */
  loadMs: number;
  /** How long `activate` did; 0 until that is over. */
  wiringMs: number;
}
