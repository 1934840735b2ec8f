import * as vscode from 'vscode';
import type { Reader, RowText } from './treeText.js';

/** Few names and thousands of rows. */
const icons = new Map<string, vscode.ThemeIcon>();

/** A row of any of our trees. */
export function itemOf(row: RowText, id: string, state: vscode.TreeItemCollapsibleState): vscode.TreeItem {
  const item = new vscode.TreeItem(row.label, state);
  item.id = id;
  item.description = row.description;
  item.iconPath = icon(row.icon);
  item.accessibilityInformation = { label: row.spoken };
  return item;
}

/** Who reads now, in this editor. */
export function reader(): Reader {
  return { nowMs: Date.now(), language: vscode.env.language, l10n: vscode.l10n };
}

function icon(name: string): vscode.ThemeIcon {
  const made = icons.get(name) ?? new vscode.ThemeIcon(name);
  icons.set(name, made);
  return made;
}
