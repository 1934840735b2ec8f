import type { CompanionCli } from './cli/companionCli.js';
import type { Dashboard } from './dashboard/dashboard.js';
import type { Documents } from './documents.js';
import type { ExtensionFacts } from './extensionFacts.js';
import type { Log } from './log.js';
import type { Scope } from './scope.js';
import type { SecretName, Settings } from './settings.js';
import type { StoredState } from './state.js';
import type { StoredSecret } from './storedSecret.js';
import type { Views } from './views/views.js';
import type { WorkerSession } from './workerSession.js';

/** What a command may use; made once in `activate.ts`. */
export interface Services {
  session: WorkerSession;
  documents: Documents;
  dashboard: Dashboard;
  log: Log;
  settings: Settings;
  scope: Scope;
  views: Views;
  state: StoredState;
  cli: CompanionCli;
  secrets: Readonly<Record<SecretName, StoredSecret>>;
  extension: ExtensionFacts;
}
