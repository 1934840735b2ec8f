/** After the access token was exchanged: the new one in place of the old one in the configurations that hold it. */

import { AGENTS, configDir, pathOf, type Machine } from './agents.js';
import { readConfig, writeConfig } from './configFile.js';

export interface Renewal {
  /** Files in which the token was exchanged; what they were before holds the dead one, so no copy is kept. */
  updated: string[];
  /** Files that hold the old one still, or might: they could not be read or written. */
  failed: string[];
}

/**
 * Configurations that start `greeum mcp serve` hold no token and are not touched. A token is 43 characters of chance,
 * so it is exchanged as text, wherever it stands: in a URL, in a header, in any format.
 */
export async function renewToken(machine: Machine, { from, to }: { from: string; to: string }): Promise<Renewal> {
  const renewal: Renewal = { updated: [], failed: [] };
  for (const file of new Set([...AGENTS.map((agent) => agent.configFile(machine)), ...editorFiles(machine)])) {
    try {
      const text = await readConfig(file);
      if (text?.includes(from) !== true) continue;
      await writeConfig(file, text, text.replaceAll(from, to), { keepCopy: false });
      renewal.updated.push(file);
    } catch {
      // Named to the person, who has to do it by hand; the others get the new one all the same.
      renewal.failed.push(file);
    }
  }
  return renewal;
}

/** Where VS Code and its kin keep servers that people put in by hand. */
function editorFiles(machine: Machine): string[] {
  return ['Code', 'Code - Insiders', 'VSCodium'].map((editor) =>
    pathOf(machine.os).join(configDir(machine), editor, 'User', 'mcp.json'),
  );
}

/**
 * Exchanges the token, and gives the new one to whoever had the old one.
 * @param read the token as it is at this moment; null: unknown, or not there
 */
export async function exchangeToken<T>(
  machine: Machine,
  { read, exchange }: { read: () => string | null; exchange: () => Promise<T> },
): Promise<{ exchanged: T } & Renewal> {
  const from = read();
  const exchanged = await exchange();
  const to = read();
  const renewal = from === null || to === null ? { updated: [], failed: [] } : await renewToken(machine, { from, to });
  return { exchanged, ...renewal };
}
