import { accessSync, constants, existsSync, lstatSync, readlinkSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { planPathInstall, type PathInstall } from '../cli/pathInstall.js';
import { COMMANDS } from '../ids.js';
import type { Services } from '../services.js';

const { l10n } = vscode;

/** Makes `greeum` a command of every terminal. Terminals of the editor have it without. */
export async function installCommand({ cli }: Services): Promise<PathInstall['kind'] | undefined> {
  if (!(await cli.written)) {
    void offerLog(l10n.t('The command greeum could not be written.'));
    return undefined;
  }
  const plan = planPathInstall({
    platform: process.platform,
    home: homedir(),
    searchPath: process.env['PATH'] ?? '',
    launcher: cli.file,
    isWritable,
    lookAt: (file) => lookAt(file, cli.file),
  });
  await carryOut(plan, cli.file);
  return plan.kind;
}

async function carryOut(plan: PathInstall, launcher: string): Promise<void> {
  switch (plan.kind) {
    case 'installed':
      void vscode.window.showInformationMessage(l10n.t('The command greeum is installed already: {0}', plan.file));
      return;
    case 'link':
      await mkdir(path.dirname(plan.file), { recursive: true });
      await symlink(launcher, plan.file);
      void vscode.window.showInformationMessage(l10n.t('The command greeum is installed: {0}', plan.file));
      return;
    case 'command':
      offerLine(plan.line);
      return;
    case 'taken':
      void vscode.window.showWarningMessage(
        l10n.t(
          'There is another {0}, which stays as it is. Terminals of the editor have Greeum’s command anyway.',
          plan.file,
        ),
      );
  }
}

/** Writes a line into a new terminal and leaves it to the person to send it. */
function offerLine(line: string): void {
  const name = l10n.t('Install greeum');
  const message = l10n.t('Press Enter to install the command greeum; it changes what only you may change.');
  const shell = process.platform === 'win32' ? { shellPath: 'powershell.exe' } : {};
  const terminal = vscode.window.createTerminal({ name, message, ...shell });
  terminal.show();
  terminal.sendText(line, false);
}

async function offerLog(message: string): Promise<void> {
  const show = l10n.t('Show Log');
  const pressed = await vscode.window.showErrorMessage(message, show);
  if (pressed === show) await vscode.commands.executeCommand(COMMANDS.showLog);
}

function isWritable(folder: string): boolean {
  let nearest = folder;
  while (!existsSync(nearest)) nearest = path.dirname(nearest);
  try {
    accessSync(nearest, constants.W_OK);
    return true;
  } catch {
    // Not there or not ours: either way nothing can be put there.
    return false;
  }
}

function lookAt(file: string, launcher: string): 'nothing' | 'ours' | 'foreign' {
  const there = lstatSync(file, { throwIfNoEntry: false });
  if (there === undefined) return 'nothing';
  return there.isSymbolicLink() && readlinkSync(file) === launcher ? 'ours' : 'foreign';
}
