import path from 'node:path';
import * as vscode from 'vscode';
import { locateMemory } from '../../client/dataDirectory.js';
import { loadBundle } from '../../client/distFiles.js';
import type { TransferModule } from '../../transfer/index.js';
import { tryWithPerson } from '../errors.js';
import { localPath } from '../localPath.js';
import { longWork, type Work } from '../longWork.js';
import type { Services } from '../services.js';

const { l10n } = vscode;

/**
 * Writes memories to a file that can be imported again. The file appears when it is whole.
 * @param given the file, from a key binding; one that is there is replaced, as the dialog asks too
 * @returns how many there were; undefined when the person stopped it or it failed, which was shown
 */
export async function exportMemories(services: Services, given?: unknown): Promise<number | undefined> {
  const scope = await askWhose(services);
  if (scope === undefined) return undefined;
  const file = localPath(given ?? (await askWhere(scope.project)));
  if (file === undefined) return undefined;
  const title = l10n.t('Greeum: exporting to {0}', path.basename(file));
  const run = (work: Work): Promise<number | null> => write(services, file, scope.project, work);
  const count = await tryWithPerson(() => longWork(title, run), services.log);
  if (typeof count !== 'number') return undefined;
  const open = l10n.t('Open');
  const message = l10n.t('Greeum: exported {0} memories to {1}.', count, file);
  void vscode.window.showInformationMessage(message, open).then(async (pressed) => {
    if (pressed === open) await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
  });
  return count;
}

/** A window without a project has nothing to choose. */
async function askWhose({ scope }: Services): Promise<{ project: string | undefined } | undefined> {
  const { project } = scope;
  if (project === undefined) return { project: undefined };
  const items = [
    { label: l10n.t('Everything'), project: undefined },
    { label: l10n.t('Only {0}', project), project },
  ];
  return vscode.window.showQuickPick(items, { title: l10n.t('Greeum: Export Memories') });
}

async function askWhere(project: string | undefined): Promise<vscode.Uri | undefined> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  // A project's name may hold what no name of a file may.
  const name = `greeum-${(project ?? 'memories').replace(/[^\p{L}\p{N}._-]+/gu, '-')}.jsonl`;
  return vscode.window.showSaveDialog({
    title: l10n.t('Greeum: Export Memories'),
    saveLabel: l10n.t('Export'),
    filters: { 'JSON Lines': ['jsonl'], Markdown: ['md'] },
    ...(folder === undefined ? {} : { defaultUri: vscode.Uri.joinPath(folder.uri, name) }),
  });
}

async function write(
  { session, settings }: Services,
  file: string,
  project: string | undefined,
  { signal, report }: Work,
): Promise<number | null> {
  const { exportFormatOf, exportMemories: exportAll, openExportTarget } = loadBundle('transfer.js') as TransferModule;
  const all = session.state.status?.blocks ?? 0;
  const onProgress = (count: number): void => {
    report(l10n.t('{0} memories', count), all === 0 || project !== undefined ? null : count / all);
  };
  const target = await openExportTarget(file, true, locateMemory(settings.current.dataDir, {}));
  const options = { format: exportFormatOf(file), project, signal, onProgress };
  const count = await exportAll(session.service, (text) => target.write(text), options).catch(
    async (error: unknown) => {
      await target.discard();
      throw error;
    },
  );
  if (count === null) await target.discard();
  else await target.finish();
  return count;
}
