import * as vscode from 'vscode';
import type { RotateTokenResult } from '../../protocol/operations.js';
import { tryWithPerson } from '../errors.js';
import { COMMANDS } from '../ids.js';
import type { Services } from '../services.js';

const { l10n } = vscode;

/**
 * Exchanges the access token; the old one opens nothing from then on. Agents that were given a URL with the old one
 * have to be given the new one; this editor and agents that start `greeum mcp serve` hold no token.
 */
export async function rotateAccessToken({ session, log }: Services): Promise<RotateTokenResult | undefined> {
  const exchange = l10n.t('Rotate');
  const answer = await vscode.window.showWarningMessage(
    l10n.t('Exchange the access token? Agents that were given a URL of Greeum need the new one afterwards.'),
    { modal: true },
    exchange,
  );
  if (answer !== exchange) return undefined;
  const rotated = await tryWithPerson(() => session.service.call('rotate_token', {}), log);
  if (rotated === undefined) return undefined;
  const copy = l10n.t('Copy MCP Configuration');
  const pressed = await vscode.window.showInformationMessage(l10n.t('Greeum: the access token was exchanged.'), copy);
  if (pressed === copy) await vscode.commands.executeCommand(COMMANDS.copyMcpConfiguration);
  return rotated;
}
