import * as vscode from 'vscode';
import type { Reader, RowText } from './treeText.js';

/** A row of any of our trees. */
export function itemOf(row: RowText, id: string, state: vscode.TreeItemCollapsibleState): vscode.TreeItem {
  const item = new vscode.TreeItem(row.label, state);
  item.id = id;
  item.description = row.description;
  item.iconPath = new vscode.ThemeIcon(row.icon);
  item.accessibilityInformation = { label: row.spoken };
  return item;
}

/** Who reads now, in this editor. */
export function reader(): Reader {
  return { nowMs: Date.now(), language: vscode.env.language, l10n: vscode.l10n };
}
