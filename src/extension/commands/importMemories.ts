import path from 'node:path';
import { Readable } from 'node:stream';
import * as vscode from 'vscode';
import { locateMemory } from '../../client/dataDirectory.js';
import { loadBundle } from '../../client/distFiles.js';
import type { ImportCounts, ImportFormat, ImportSummary, TransferModule } from '../../transfer/index.js';
import { localPath } from '../localPath.js';
import { tryWithPerson } from '../errors.js';
import { longWork, type Work } from '../longWork.js';
import { projectOf } from '../selection.js';
import type { Services } from '../services.js';
import { countsInWords, problemsPage } from '../transferWords.js';

const { l10n } = vscode;

interface Request {
  readonly file: string;
  readonly format: ImportFormat;
  readonly project: string | undefined;
}

/**
 * Takes in memories from a file or a Greeum directory: shows what would come, asks, and takes it in. Whatever stops it
 * (the person, a worker that goes), importing again goes on where it stood.
 * @param given the file, from a menu or a key binding; asked for without it
 */
export async function importMemories(services: Services, given?: unknown): Promise<ImportSummary | undefined> {
  const file = localPath(given ?? (await askForSource()));
  if (file === undefined) return undefined;
  const format = await tryWithPerson(
    async () => transfer().guessFormat(file) ?? (await askForFormat(file)),
    services.log,
  );
  if (format === undefined) return undefined;
  const project =
    format === 'notes'
      ? projectOf(vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file))?.name).project
      : undefined;
  const request = { file, format, project };
  const preview = await carryOut(services, request, true);
  if (preview === undefined || preview === STOPPED || !(await isWanted(services, request, preview))) return undefined;
  return takeIn(services, request);
}

const transfer = (): TransferModule => loadBundle('transfer.js') as TransferModule;

async function askForSource(): Promise<vscode.Uri | undefined> {
  // One dialog for both is not to be had on Linux and Windows.
  const file = {
    label: `$(file) ${l10n.t('File…')}`,
    detail: l10n.t('An export, JSON Lines, Markdown, AGENTS.md, MEMORY.md, or memory.json of server-memory'),
    isFolder: false,
  };
  const folder = {
    label: `$(folder) ${l10n.t('Greeum Folder…')}`,
    detail: l10n.t('The data folder of another Greeum, also of Python’s'),
    isFolder: true,
  };
  const title = l10n.t('Greeum: Import Memories');
  const picked = await vscode.window.showQuickPick([file, folder], { title });
  if (picked === undefined) return undefined;
  const { isFolder } = picked;
  const openLabel = l10n.t('Import');
  const chosen = await vscode.window.showOpenDialog({
    title,
    openLabel,
    canSelectFolders: isFolder,
    canSelectFiles: !isFolder,
  });
  return chosen?.[0];
}

async function askForFormat(file: string): Promise<ImportFormat | undefined> {
  const items: { label: string; detail: string; format: ImportFormat }[] = [
    { label: 'JSON Lines', detail: l10n.t('A memory a line'), format: 'jsonl' },
    { label: 'Markdown', detail: l10n.t('A memory for each bullet and section'), format: 'markdown' },
    { label: l10n.t('Notes'), detail: l10n.t('Markdown, and the notes that it links to'), format: 'notes' },
  ];
  const placeHolder = l10n.t('What is {0}?', path.basename(file));
  return (await vscode.window.showQuickPick(items, { placeHolder }))?.format;
}

async function isWanted({ documents }: Services, { file }: Request, preview: ImportSummary): Promise<boolean> {
  const name = path.basename(file);
  const counts = countsInWords(preview, l10n);
  const show = l10n.t('Show Problems');
  const others = preview.rejected > 0 ? [show] : [];
  if (preview.added === 0) {
    const message = l10n.t('Nothing to import from {0}: {1}.', name, counts);
    void vscode.window.showInformationMessage(message, ...others).then(showProblemsWhen);
    return false;
  }
  const yes = l10n.t('Import');
  const detail = l10n.t('What is there already stays as it is.');
  const message = l10n.t('Import from {0}? {1}.', name, counts);
  const pressed = await vscode.window.showInformationMessage(message, { modal: true, detail }, yes, ...others);
  await showProblemsWhen(pressed);
  return pressed === yes;

  async function showProblemsWhen(button: string | undefined): Promise<void> {
    if (button !== show) return;
    await documents.openPage(l10n.t('What cannot be imported'), problemsPage(preview, file, l10n));
  }
}

/** Until it is done or the person has enough. */
async function takeIn(services: Services, request: Request): Promise<ImportSummary | undefined> {
  for (;;) {
    const summary = await carryOut(services, request, false);
    if (summary === undefined) return undefined;
    if (summary !== STOPPED) {
      void vscode.window.showInformationMessage(l10n.t('Greeum: imported {0} memories.', summary.added));
      return summary;
    }
    const goOn = l10n.t('Go On');
    const message = l10n.t('The import was stopped. What came before stays; going on imports nothing twice.');
    if ((await vscode.window.showInformationMessage(message, goOn)) !== goOn) return undefined;
  }
}

/** The person pressed Cancel. */
const STOPPED = 'stopped';

/** @returns undefined when it failed, which was shown */
async function carryOut(
  { session, settings, log }: Services,
  { file, format, project }: Request,
  isDryRun: boolean,
): Promise<ImportSummary | typeof STOPPED | undefined> {
  const { importSource, openSource } = transfer();
  const name = path.basename(file);
  const title = isDryRun ? l10n.t('Greeum: looking at {0}', name) : l10n.t('Greeum: importing {0}', name);
  const run = async ({ signal, report }: Work): Promise<ImportSummary> => {
    const target = locateMemory(settings.current.dataDir, {});
    const source = openSource({ given: file, format, stdin: Readable.from([]), target });
    const onProgress = (counts: ImportCounts): void => {
      const { totalBytes } = source;
      report(countsInWords(counts, l10n), totalBytes === null ? null : source.readBytes() / Math.max(totalBytes, 1));
    };
    return importSource(session.service, source, { isDryRun, project, signal, onProgress });
  };
  return tryWithPerson(async () => (await longWork(title, run)) ?? STOPPED, log);
}
