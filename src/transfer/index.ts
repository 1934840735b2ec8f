/** What `dist/transfer.js` exports: a bundle of its own, because an editor imports and exports only now and then. */

import { exportFormatOf, exportMemories } from './exportRun.js';
import { openExportTarget } from './exportTarget.js';
import { importSource } from './importRun.js';
import { guessFormat, openSource } from './source.js';

export { exportFormatOf, exportMemories, guessFormat, importSource, openExportTarget, openSource };

export type { ImportCounts, ImportSummary } from './importRun.js';
export type { ImportFormat } from './source.js';

export interface TransferModule {
  exportFormatOf: typeof exportFormatOf;
  exportMemories: typeof exportMemories;
  guessFormat: typeof guessFormat;
  importSource: typeof importSource;
  openExportTarget: typeof openExportTarget;
  openSource: typeof openSource;
}
