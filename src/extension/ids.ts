/**
 * Every name the manifest and the code share. `package.json` is checked against this file in both directions by
 * `test/unit/extension/manifest.test.ts`; nothing else spells one of these strings.
 */

export const COMMANDS = {
  addMemory: 'greeum.addMemory',
  addSelection: 'greeum.addSelection',
  searchMemories: 'greeum.searchMemories',
  showWorkerStatus: 'greeum.showWorkerStatus',
  openDashboard: 'greeum.openDashboard',
  startWorker: 'greeum.startWorker',
  stopWorker: 'greeum.stopWorker',
  restartWorker: 'greeum.restartWorker',
  flushToDisk: 'greeum.flushToDisk',
  importMemories: 'greeum.importMemories',
  exportMemories: 'greeum.exportMemories',
  verifyMemories: 'greeum.verifyMemories',
  checkDataFolder: 'greeum.checkDataFolder',
  rebuildIndex: 'greeum.rebuildIndex',
  rebuildVectors: 'greeum.rebuildVectors',
  connectAgent: 'greeum.connectAgent',
  installCommand: 'greeum.installCommand',
  copyMcpConfiguration: 'greeum.copyMcpConfiguration',
  rotateAccessToken: 'greeum.rotateAccessToken',
  setEmbeddingKey: 'greeum.setEmbeddingKey',
  setStoragePassword: 'greeum.setStoragePassword',
  openDataFolder: 'greeum.openDataFolder',
  showLog: 'greeum.showLog',
  openMemory: 'greeum.openMemory',
  copyMemory: 'greeum.copyMemory',
  linkMemories: 'greeum.linkMemories',
  setSlot: 'greeum.setSlot',
  clearSlot: 'greeum.clearSlot',
  pinSlot: 'greeum.pinSlot',
  unpinSlot: 'greeum.unpinSlot',
  filterMemories: 'greeum.filterMemories',
  clearFilter: 'greeum.clearFilter',
  groupByDay: 'greeum.groupByDay',
  groupByBranch: 'greeum.groupByBranch',
  groupByProject: 'greeum.groupByProject',
  showProject: 'greeum.showProject',
  showEverything: 'greeum.showEverything',
  refreshViews: 'greeum.refreshViews',
  showMore: 'greeum.showMore',
} as const;

export type CommandId = (typeof COMMANDS)[keyof typeof COMMANDS];

/** Prefix of every setting, and of the keys of {@link SETTINGS} in `getConfiguration`. */
export const CONFIGURATION_SECTION = 'greeum';

export const SETTINGS = {
  dataDir: 'greeum.dataDir',
  workerAutoStart: 'greeum.worker.autoStart',
  httpEnabled: 'greeum.http.enabled',
  httpPort: 'greeum.http.port',
  scope: 'greeum.scope',
  secrets: 'greeum.secrets',
  mentions: 'greeum.mentions.enabled',
  embeddingUrl: 'greeum.embedding.url',
  embeddingModel: 'greeum.embedding.model',
  embeddingFolder: 'greeum.embedding.folder',
  storageUrl: 'greeum.storage.url',
  storageWhenUnreachable: 'greeum.storage.whenUnreachable',
} as const;

export const CONTEXT_KEYS = {
  /** The `WorkerState` of this window. */
  workerState: 'greeum.workerState',
  /** Whether there is a memory at all. */
  hasMemories: 'greeum.hasMemories',
  /** Whose memories are shown: `project` or `everything`. */
  scope: 'greeum.scopeMode',
  /** An agent was connected from this window. */
  agentConnected: 'greeum.agentConnected',
  /** What the memories are grouped by. */
  grouping: 'greeum.grouping',
  /** Whether the memories are filtered by words. */
  isFiltered: 'greeum.isFiltered',
} as const;

/** `contributes.views`, all in the container {@link VIEW_CONTAINER}. */
export const VIEWS = {
  slots: 'greeum.slots',
  memories: 'greeum.memories',
  branches: 'greeum.branches',
  worker: 'greeum.worker',
} as const;

export const VIEW_CONTAINER = 'greeum';

/** `viewItem` of rows, for the menus. */
export const CONTEXT_VALUES = {
  memory: 'memory',
  group: 'group',
  emptySlot: 'slot.empty',
  slot: 'slot.set',
  pinnedSlot: 'slot.pinned',
  workerRow: 'workerRow',
} as const;

/** `contributes.mcpServerDefinitionProviders`. */
export const MCP_PROVIDER_ID = 'greeum';

/** `contributes.languageModelTools`. */
export const LANGUAGE_MODEL_TOOLS = { search: 'greeum_search', remember: 'greeum_remember' } as const;

export type LanguageModelToolName = (typeof LANGUAGE_MODEL_TOOLS)[keyof typeof LANGUAGE_MODEL_TOOLS];

/** Scheme of the read-only documents: memories and the worker's status. */
export const DOCUMENT_SCHEME = 'greeum';

/** Panels of this type are restored with their window; the name is never changed. */
export const DASHBOARD_VIEW_TYPE = 'greeum.dashboard';

export const STATUS_BAR_ID = 'greeum.status';
