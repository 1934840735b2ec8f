import type { Documents } from './documents.js';
import type { Log } from './log.js';
import type { Settings } from './settings.js';
import type { StoredState } from './state.js';
import type { WorkerSession } from './workerSession.js';

/** What is known of this very extension. */
export interface ExtensionFacts {
  version: string;
  /** Folder it is installed in. */
  path: string;
  /** Processor time that loading and activating it took on the main thread; 0 until that is over. */
  activationMs: number;
}

/** What a command may use; made once in `activate.ts`. */
export interface Services {
  session: WorkerSession;
  documents: Documents;
  log: Log;
  settings: Settings;
  state: StoredState;
  extension: ExtensionFacts;
}
