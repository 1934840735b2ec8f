import * as vscode from 'vscode';
import { GreeumError } from '../../protocol/errors.js';
import { httpConfiguration, splitCapabilityUrl, stdioConfiguration } from '../mcpServer.js';
import type { Services } from '../services.js';

const { l10n } = vscode;

type Kind = 'stdio' | 'http';

/** Copies an `mcp.json` for an agent outside the editor. A key binding may name the kind. */
export async function copyMcpConfiguration(services: Services, given?: unknown): Promise<void> {
  const kind = given === 'stdio' || given === 'http' ? given : await askForKind();
  if (kind === 'stdio') await copyStdio(services);
  if (kind === 'http') await copyHttp(services);
}

async function askForKind(): Promise<Kind | undefined> {
  const items: (vscode.QuickPickItem & { transport: Kind })[] = [
    {
      label: l10n.t('Command (stdio)'),
      description: 'greeum mcp serve',
      detail: l10n.t('For agents that start their servers themselves. Holds no secret.'),
      transport: 'stdio',
    },
    {
      label: l10n.t('URL (HTTP)'),
      description: 'http://127.0.0.1/mcp',
      detail: l10n.t('For agents that take a URL. Holds the token of your memory: keep it out of shared files.'),
      transport: 'http',
    },
  ];
  const placeHolder = l10n.t('How will the agent reach Greeum?');
  return (await vscode.window.showQuickPick(items, { title: l10n.t('Greeum: Copy MCP Configuration'), placeHolder }))
    ?.transport;
}

async function copyStdio({ settings, cli }: Services): Promise<void> {
  if (!(await cli.written)) throw new GreeumError('internal', 'The command greeum could not be written; see the log.');
  await vscode.env.clipboard.writeText(stdioConfiguration(cli.serverCommand(settings.current.dataDir)));
  void vscode.window.showInformationMessage(l10n.t('MCP configuration copied.'));
}

async function copyHttp({ session }: Services): Promise<void> {
  const { endpoint } = session.endpoints();
  const parts = endpoint === null ? null : splitCapabilityUrl(endpoint);
  if (parts === null) {
    const message = l10n.t(
      'No Greeum worker listens on HTTP. Start the worker, and see the setting greeum.http.enabled.',
    );
    void vscode.window.showWarningMessage(message);
    return;
  }
  await vscode.env.clipboard.writeText(httpConfiguration(parts.url, parts.token));
  const message = l10n.t(
    'MCP configuration copied. It holds a secret: who has the token can read and change every memory. Do not commit or share it.',
  );
  void vscode.window.showWarningMessage(message);
}
