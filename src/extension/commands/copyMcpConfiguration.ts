import { access } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { httpConfiguration, splitCapabilityUrl, stdioConfiguration, type CommandLine } from '../mcpServer.js';
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

async function copyStdio({ settings, extension }: Services): Promise<void> {
  const installed = await isOnPath('greeum');
  const bundled = { command: 'node', args: [path.join(extension.path, 'dist', 'cli.js')] };
  const line: CommandLine = installed ? { command: 'greeum', args: [] } : bundled;
  await vscode.env.clipboard.writeText(stdioConfiguration(line, settings.current.dataDir));
  const copied = l10n.t('MCP configuration copied.');
  const caution = l10n.t('It names the folder of this extension version; copy it again after an update.');
  void vscode.window.showInformationMessage(installed ? copied : `${copied} ${caution}`);
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

async function isOnPath(name: string): Promise<boolean> {
  const isWindows = process.platform === 'win32';
  const fileName = isWindows ? `${name}.cmd` : name;
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const found = await Promise.all(folders.map((folder) => exists(path.join(folder, fileName))));
  return found.includes(true);
}

async function exists(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch {
    // Absent or out of reach: not a command that could be run.
    return false;
  }
}
