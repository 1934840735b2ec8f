/** What is known of this very extension. */
export interface ExtensionFacts {
  version: string;
  /** Folder it is installed in. */
  path: string;
  /** Processor time that loading and activating it took on the main thread; 0 until that is over. */
  activationMs: number;
}
