/** Where the `greeum` command could go so that every terminal finds it. Decides; what it says is done elsewhere. */

import path from 'node:path';
import { shellQuoted } from './launcher.js';

export interface PathFacts {
  platform: NodeJS.Platform;
  /** Home folder of the person. */
  home: string;
  /** The variable PATH. */
  searchPath: string;
  /** The script to be found. */
  launcher: string;
  /** Whether files can be made in a folder; one that does not exist counts when it could be made. */
  isWritable(folder: string): boolean;
  /** What stands at a path already. */
  lookAt(file: string): 'nothing' | 'ours' | 'foreign';
}

export type PathInstall =
  | { kind: 'installed'; file: string }
  /** Make the symbolic link `file`. */
  | { kind: 'link'; file: string }
  /** A line for a terminal, which the person reads and sends: it needs rights, or changes the person's settings. */
  | { kind: 'command'; line: string }
  /** Something of that name is there, the one of Python Greeum perhaps; it is left alone. */
  | { kind: 'taken'; file: string };

export function planPathInstall(facts: PathFacts): PathInstall {
  return facts.platform === 'win32' ? planForWindows(facts) : planForShells(facts);
}

function planForShells(facts: PathFacts): PathInstall {
  const folders = facts.searchPath.split(':');
  const own = ['.local/bin', 'bin'].map((name) => path.posix.join(facts.home, name));
  const shared = '/usr/local/bin';
  const folder = own.find((each) => folders.includes(each) && facts.isWritable(each)) ?? shared;
  const file = path.posix.join(folder, 'greeum');
  const there = facts.lookAt(file);
  if (there === 'foreign') return { kind: 'taken', file };
  if (there === 'ours') return { kind: 'installed', file };
  if (facts.isWritable(folder)) return { kind: 'link', file };
  return { kind: 'command', line: `sudo ln -s ${shellQuoted(facts.launcher)} ${file}` };
}

function planForWindows({ searchPath, launcher }: PathFacts): PathInstall {
  const folder = path.win32.dirname(launcher);
  const isThere = searchPath.split(';').some((each) => each.toLowerCase() === folder.toLowerCase());
  if (isThere) return { kind: 'installed', file: launcher };
  const quoted = `';${folder.replaceAll("'", "''")}'`;
  const scope = '[EnvironmentVariableTarget]::User';
  const line = `[Environment]::SetEnvironmentVariable('Path', [Environment]::GetEnvironmentVariable('Path', ${scope}) + ${quoted}, ${scope})`;
  return { kind: 'command', line };
}
