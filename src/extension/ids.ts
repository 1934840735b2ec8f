/**
 * Every name the manifest and the code share. `package.json` is checked against this file in both directions by
 * `test/unit/extension/manifest.test.ts`; nothing else spells one of these strings.
 */

export const COMMANDS = {
  addMemory: 'greeum.addMemory',
  addSelection: 'greeum.addSelection',
  searchMemories: 'greeum.searchMemories',
  showWorkerStatus: 'greeum.showWorkerStatus',
  startWorker: 'greeum.startWorker',
  stopWorker: 'greeum.stopWorker',
  restartWorker: 'greeum.restartWorker',
  flushToDisk: 'greeum.flushToDisk',
  copyMcpConfiguration: 'greeum.copyMcpConfiguration',
  rotateAccessToken: 'greeum.rotateAccessToken',
  openDataFolder: 'greeum.openDataFolder',
  showLog: 'greeum.showLog',
} as const;

export type CommandId = (typeof COMMANDS)[keyof typeof COMMANDS];

/** Prefix of every setting, and of the keys of {@link SETTINGS} in `getConfiguration`. */
export const CONFIGURATION_SECTION = 'greeum';

export const SETTINGS = {
  dataDir: 'greeum.dataDir',
  workerAutoStart: 'greeum.worker.autoStart',
  httpEnabled: 'greeum.http.enabled',
  httpPort: 'greeum.http.port',
} as const;

export const CONTEXT_KEYS = {
  /** The `WorkerState` of this window. */
  workerState: 'greeum.workerState',
} as const;

/** `contributes.mcpServerDefinitionProviders`. */
export const MCP_PROVIDER_ID = 'greeum';

/** Scheme of the read-only documents: memories and the worker's status. */
export const DOCUMENT_SCHEME = 'greeum';

export const STATUS_BAR_ID = 'greeum.status';
