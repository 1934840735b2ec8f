import * as vscode from 'vscode';
import { GreeumError } from '../protocol/errors.js';
import { addMemory } from './commands/addMemory.js';
import { addSelection } from './commands/addSelection.js';
import { checkDataFolder } from './commands/checkDataFolder.js';
import { connectAgent } from './commands/connectAgent.js';
import { copyMcpConfiguration } from './commands/copyMcpConfiguration.js';
import { exportMemories } from './commands/exportMemories.js';
import { flushToDisk } from './commands/flushToDisk.js';
import { importMemories } from './commands/importMemories.js';
import { copyMemory, linkMemories, openMemory } from './commands/memories.js';
import { installCommand } from './commands/installCommand.js';
import { rebuildIndex, rebuildVectors } from './commands/makeAgain.js';
import { openDashboard } from './commands/openDashboard.js';
import { openDataFolder } from './commands/openDataFolder.js';
import { restartWorker } from './commands/restartWorker.js';
import { rotateAccessToken } from './commands/rotateAccessToken.js';
import { searchMemories } from './commands/searchMemories.js';
import { setEmbeddingKey, setStoragePassword } from './commands/setSecret.js';
import { showLog } from './commands/showLog.js';
import { showWorkerStatus } from './commands/showWorkerStatus.js';
import { clearSlot, pinSlot, setSlot, unpinSlot } from './commands/slots.js';
import { startWorker } from './commands/startWorker.js';
import { stopWorker } from './commands/stopWorker.js';
import { verifyMemories } from './commands/verifyMemories.js';
import { chooseScope, clearFilter, filterMemories, groupBy, refreshViews, showMore } from './commands/viewCommands.js';
import { showError } from './errors.js';
import { COMMANDS, type CommandId } from './ids.js';
import type { Services } from './services.js';

const { l10n } = vscode;

/** A command's work. Its arguments come from key bindings, menus or other extensions, so nothing is known of them. */
export type Action = (services: Services, ...args: unknown[]) => unknown;

/** What a command does in a window that owns the worker, in a client of another one, and without a worker. */
interface Variants {
  owner: Action;
  client: Action;
  stopped: Action;
}

/** Exhaustive by type, so that a command of {@link COMMANDS} cannot be forgotten here. */
const COMMAND_TABLE: { readonly [K in CommandId]: Variants } = {
  [COMMANDS.addMemory]: needsWorker(addMemory),
  [COMMANDS.addSelection]: needsWorker(addSelection),
  [COMMANDS.searchMemories]: needsWorker(searchMemories),
  [COMMANDS.showWorkerStatus]: always(showWorkerStatus),
  [COMMANDS.openDashboard]: always(openDashboard),
  [COMMANDS.startWorker]: {
    owner: tell(() => l10n.t('The Greeum worker already runs in this window.')),
    client: tell(() => l10n.t('A Greeum worker already runs, and this window is its client.')),
    stopped: startWorker,
  },
  [COMMANDS.stopWorker]: {
    owner: stopWorker,
    client: tell((services) => elsewhere(services, l10n.t('Stop it there.'))),
    stopped: tell(() => l10n.t('The Greeum worker is already stopped in this window.')),
  },
  [COMMANDS.restartWorker]: {
    owner: restartWorker,
    client: tell((services) => elsewhere(services, l10n.t('Restart it there.'))),
    stopped: startWorker,
  },
  [COMMANDS.flushToDisk]: needsWorker(flushToDisk),
  [COMMANDS.importMemories]: needsWorker(importMemories),
  [COMMANDS.exportMemories]: needsWorker(exportMemories),
  [COMMANDS.verifyMemories]: needsWorker(verifyMemories),
  [COMMANDS.checkDataFolder]: always(checkDataFolder),
  [COMMANDS.rebuildIndex]: needsWorker(rebuildIndex),
  [COMMANDS.rebuildVectors]: needsWorker(rebuildVectors),
  [COMMANDS.connectAgent]: always(connectAgent),
  [COMMANDS.copyMcpConfiguration]: always(copyMcpConfiguration),
  [COMMANDS.rotateAccessToken]: needsWorker(rotateAccessToken),
  [COMMANDS.setEmbeddingKey]: always(setEmbeddingKey),
  [COMMANDS.setStoragePassword]: always(setStoragePassword),
  [COMMANDS.installCommand]: always(installCommand),
  [COMMANDS.openDataFolder]: always(openDataFolder),
  [COMMANDS.showLog]: always(showLog),
  [COMMANDS.openMemory]: needsWorker(openMemory),
  [COMMANDS.copyMemory]: needsWorker(copyMemory),
  [COMMANDS.linkMemories]: needsWorker(linkMemories),
  [COMMANDS.setSlot]: needsWorker(setSlot),
  [COMMANDS.clearSlot]: needsWorker(clearSlot),
  [COMMANDS.pinSlot]: needsWorker(pinSlot),
  [COMMANDS.unpinSlot]: needsWorker(unpinSlot),
  [COMMANDS.filterMemories]: needsWorker(filterMemories),
  [COMMANDS.clearFilter]: always(clearFilter),
  [COMMANDS.groupByDay]: always(groupBy('day')),
  [COMMANDS.groupByBranch]: always(groupBy('branch')),
  [COMMANDS.groupByProject]: always(groupBy('project')),
  [COMMANDS.showProject]: always(chooseScope('project')),
  [COMMANDS.showEverything]: always(chooseScope('everything')),
  [COMMANDS.refreshViews]: always(refreshViews),
  [COMMANDS.showMore]: needsWorker(showMore),
};

/** Does what a command does. What it throws is shown, never thrown at the editor. */
export async function runCommand(id: CommandId, services: Services, args: readonly unknown[]): Promise<unknown> {
  try {
    const action = await variantFor(COMMAND_TABLE[id], services);
    return await action(services, ...args);
  } catch (error) {
    void showError(error, services.log);
    return undefined;
  }
}

async function variantFor(variants: Variants, { session }: Services): Promise<Action> {
  if (variants.owner === variants.stopped) return variants.owner;
  await settled(session);
  switch (session.state.phase) {
    case 'owner':
      return variants.owner;
    case 'client':
      return variants.client;
    case 'degraded':
      return session.state.role === 'owner' ? variants.owner : variants.client;
    case 'starting':
    case 'stopped':
    case 'failed':
      return variants.stopped;
  }
}

/** Waits out a start under way, visibly. */
async function settled(session: Services['session']): Promise<void> {
  if (session.state.phase !== 'starting') return;
  const title = l10n.t('Greeum: waiting for the worker');
  await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, () => session.whenSettled());
}

function always(action: Action): Variants {
  return { owner: action, client: action, stopped: action };
}

/** Without a worker the person is offered to start it, and the command then goes on. */
function needsWorker(action: Action): Variants {
  return { owner: action, client: action, stopped: (services, ...args) => offerStart(action, services, args) };
}

async function offerStart(action: Action, services: Services, args: readonly unknown[]): Promise<unknown> {
  if (!(await wantsStart(services))) return undefined;
  await startWorker(services);
  return services.session.state.role === null ? undefined : action(services, ...args);
}

async function wantsStart({ session, log }: Services): Promise<boolean> {
  const { error } = session.state;
  // Why it failed, with what helps; starting it again is the person's to say.
  if (error !== null) return showError(GreeumError.fromJSON({ ...error, retry: 'after-reconnect' }), log, true);
  const start = l10n.t('Start Worker');
  const message = l10n.t('The Greeum worker is stopped in this window.');
  return (await vscode.window.showWarningMessage(message, start)) === start;
}

function tell(sentence: (services: Services) => string): Action {
  return async (services) => {
    const status = l10n.t('Show Status');
    const pressed = await vscode.window.showInformationMessage(sentence(services), status);
    if (pressed === status) await vscode.commands.executeCommand(COMMANDS.showWorkerStatus);
  };
}

function elsewhere({ session }: Services, advice: string): string {
  const { ownerPid } = session.state;
  const where =
    ownerPid === null
      ? l10n.t('The Greeum worker runs in another window.')
      : l10n.t('The Greeum worker runs in process {0}.', ownerPid);
  return `${where} ${advice}`;
}
