import path from 'node:path';

/** The project root: scripts are always run from a checkout. */
export const projectRoot = path.resolve(__dirname, '../..');

/** Where everything that runs is written; the VSIX holds this folder. */
export const distDir = path.join(projectRoot, 'dist');

/** One bundle each: name in `dist/` without `.js` → source. Threads and the stdio server are started by file path. */
export const modules: Readonly<Record<string, string>> = {
  extension: 'src/extension/activate.ts',
  host: 'src/client/workerHost.ts',
  features: 'src/extension/features.ts',
  owner: 'src/worker/ownerThread.ts',
  writer: 'src/worker/writerThread.ts',
  background: 'src/worker/backgroundThread.ts',
  vectors: 'src/embedding/vectorThread.ts',
  local: 'src/worker/local.ts',
  team: 'src/team/index.ts',
  migrate: 'src/worker/migrate.ts',
  doctor: 'src/worker/doctor.ts',
  'mcp-stdio': 'src/mcp/bridge.ts',
  agents: 'src/agents/index.ts',
  transfer: 'src/transfer/index.ts',
  torture: 'src/torture/torture.ts',
  'torture-client': 'src/torture/clientProcess.ts',
  'torture-host': 'src/torture/hostProcess.ts',
};

/** The extension in a browser without Node. */
export const webModules: Readonly<Record<string, string>> = { web: 'src/extension/web.ts' };

/** The command line: apart from the others because only it starts with a hashbang. */
export const executables: Readonly<Record<string, string>> = { cli: 'src/cli/main.ts' };

/** Pages of the extension: they run in a browser, and see neither Node nor the editor. */
export const pages: Readonly<Record<string, string>> = { 'webview/dashboard': 'src/webview/dashboard.ts' };

/** Their style sheets, beside them. */
export const styles: Readonly<Record<string, string>> = { 'webview/dashboard': 'src/webview/dashboard.css' };
