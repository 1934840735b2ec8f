import * as vscode from 'vscode';
import type { AgentsModule, Renewal } from '../../agents/index.js';
import { loadBundle } from '../../client/distFiles.js';
import { readToken } from '../../client/ownerProof.js';
import type { RotateTokenResult } from '../../protocol/operations.js';
import { tryWithPerson } from '../errors.js';
import { COMMANDS } from '../ids.js';
import type { Services } from '../services.js';

const { l10n } = vscode;

/**
 * Exchanges the access token; the old one opens nothing from then on. Configurations of agents that hold the old one
 * get the new one; this editor and agents that start `greeum mcp serve` hold no token.
 */
export async function rotateAccessToken({ session, settings, log }: Services): Promise<RotateTokenResult | undefined> {
  const exchange = l10n.t('Rotate');
  const answer = await vscode.window.showWarningMessage(
    l10n.t(
      'Exchange the access token? Configurations of agents that hold it get the new one where they are known; give it to the others yourself.',
    ),
    { modal: true },
    exchange,
  );
  if (answer !== exchange) return undefined;
  const { exchangeToken, thisMachine } = loadBundle('agents.js') as AgentsModule;
  const rotated = await tryWithPerson(
    () =>
      exchangeToken(thisMachine(process.env), {
        read: () => readToken(settings.current.dataDir),
        exchange: () => session.service.call('rotate_token', {}),
      }),
    log,
  );
  if (rotated === undefined) return undefined;
  const copy = l10n.t('Copy MCP Configuration');
  const pressed = await vscode.window.showInformationMessage(describe(rotated), copy);
  if (pressed === copy) await vscode.commands.executeCommand(COMMANDS.copyMcpConfiguration);
  return rotated.exchanged;
}

function describe({ updated, failed }: Renewal): string {
  const sentences = [l10n.t('Greeum: the access token was exchanged.')];
  if (updated.length > 0) sentences.push(l10n.t('The new one was put into {0}.', updated.join(', ')));
  if (failed.length > 0) sentences.push(l10n.t('See whether {0} holds the old one.', failed.join(', ')));
  return sentences.join(' ');
}
