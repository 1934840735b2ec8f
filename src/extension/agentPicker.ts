import * as vscode from 'vscode';
import type { AgentState, SurveyedAgent } from '../agents/index.js';

const { l10n } = vscode;

interface AgentItem extends vscode.QuickPickItem {
  chosen?: SurveyedAgent | 'editor';
}

/** Asks which agent is meant: this editor's own first, then those that are installed, then the others. */
export async function pickAgent(found: readonly SurveyedAgent[]): Promise<AgentItem['chosen']> {
  const installed = found.filter(({ state }) => state !== 'absent').map(agentItem);
  const others = found.filter(({ state }) => state === 'absent').map(agentItem);
  const editor: AgentItem = {
    label: `$(check) ${l10n.t('VS Code agent mode')}`,
    description: l10n.t('connected by itself'),
    chosen: 'editor',
  };
  const rest: AgentItem = { label: l10n.t('Not found on this machine'), kind: vscode.QuickPickItemKind.Separator };
  const items = [editor, ...installed, ...(others.length === 0 ? [] : [rest, ...others])];
  const title = l10n.t('Greeum: Connect an Agent');
  const placeHolder = l10n.t('Which agent? You see the change before it is written.');
  return (await vscode.window.showQuickPick(items, { title, placeHolder }))?.chosen;
}

function agentItem(each: SurveyedAgent): AgentItem {
  return {
    label: `$(${ICONS[each.state]}) ${each.agent.name}`,
    description: stateInWords(each.state),
    detail: each.file,
    chosen: each,
  };
}

const ICONS: Readonly<Record<AgentState, string>> = {
  absent: 'circle-slash',
  ready: 'circle-outline',
  connected: 'check',
  outdated: 'sync',
  unreadable: 'warning',
};

function stateInWords(state: AgentState): string {
  switch (state) {
    case 'absent':
      return l10n.t('not installed');
    case 'ready':
      return l10n.t('not connected');
    case 'connected':
      return l10n.t('connected');
    case 'outdated':
      return l10n.t('connected in another way');
    case 'unreadable':
      return l10n.t('its configuration cannot be read');
  }
}
