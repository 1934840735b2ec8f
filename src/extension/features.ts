/**
 * What a window needs at the first use and not before: the bundle `dist/features.js`, so that no window waits for it
 * while it opens. What is made here is told everything by its arguments; it shares no module with the other bundle.
 */

export { runCommand } from './commands.js';
export { connectDashboard } from './dashboard/panel.js';
export { documentHover, documentLinks } from './documentFeatures.js';
export { languageModelTool } from './languageModelTools.js';
export { memoryPage } from './memoryPage.js';
export { mentionLenses } from './mentionLenses.js';
export { renderStatus } from './statusDocument.js';
