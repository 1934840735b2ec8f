import * as vscode from 'vscode';
import type { DoctorReport } from '../../protocol/doctor.js';
import { runGreeum } from '../cli/runGreeum.js';
import { tryWithPerson } from '../errors.js';
import { longWork } from '../longWork.js';
import { doctorPage } from '../reports.js';
import type { Services } from '../services.js';

const { l10n } = vscode;

/**
 * Looks for damage in the files of the memory, and offers to repair it. An examination changes nothing and may run
 * beside the worker; a repair needs the memory for itself.
 */
export async function checkDataFolder(services: Services): Promise<DoctorReport | undefined> {
  const title = l10n.t('Greeum: checking the data folder');
  const report = await tryWithPerson(() => longWork(title, ({ signal }) => doctor(services, [], signal)), services.log);
  if (report !== undefined) void tell(services, report);
  return report;
}

async function doctor({ settings }: Services, args: readonly string[], signal: AbortSignal): Promise<DoctorReport> {
  const answer = await runGreeum(['doctor', '--data-dir', settings.current.dataDir, ...args], signal);
  return answer as DoctorReport;
}

async function tell(services: Services, report: DoctorReport): Promise<void> {
  const show = l10n.t('Show Report');
  const repair = l10n.t('Repair…');
  const canHelp = report.findings.some(({ remedy }) => remedy !== null);
  const buttons = canHelp ? [repair, show] : [show];
  const pressed = report.ok
    ? await vscode.window.showInformationMessage(l10n.t('Greeum: nothing is damaged.'), ...buttons)
    : await vscode.window.showWarningMessage(l10n.t('Greeum: there is damage in the data folder.'), ...buttons);
  if (pressed === show) await services.documents.openPage(l10n.t('Data Folder'), doctorPage(report, l10n));
  if (pressed === repair) await repairIfWanted(services, report);
}

async function repairIfWanted(services: Services, { findings }: DoctorReport): Promise<void> {
  const yes = l10n.t('Repair');
  const remedies = findings.flatMap(({ remedy }) => remedy ?? []);
  const detail = [...remedies, '', l10n.t('What is replaced or set aside is kept in backups/.')].join('\n');
  const message = l10n.t('Repair the memory? The worker stops meanwhile.');
  if ((await vscode.window.showWarningMessage(message, { modal: true, detail }, yes)) !== yes) return;
  const repaired = await tryWithPerson(() => withoutWorker(services, () => repairNow(services)), services.log);
  if (repaired !== undefined) void tell(services, repaired);
}

/** Not to be stopped: half a repair helps nobody. */
async function repairNow(services: Services): Promise<DoctorReport> {
  const options = { location: vscode.ProgressLocation.Notification, title: l10n.t('Greeum: repairing the memory') };
  return vscode.window.withProgress(options, () => doctor(services, ['--fix'], new AbortController().signal));
}

/** Only the worker of this window is stopped; another one makes the repair say who owns the memory. */
async function withoutWorker<T>({ session }: Services, work: () => Promise<T>): Promise<T> {
  const ran = session.state.phase !== 'stopped';
  await session.stop();
  try {
    return await work();
  } finally {
    if (ran) await session.start();
  }
}
