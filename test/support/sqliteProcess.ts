/** Stock SQLite in processes of its own: the judge of our files, and the other program that has them open. */

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** What SQLite itself says of the file. @throws Error with SQLite's own words */
export function sqlite3(database: string, sql: string): string {
  const { stdout, stderr, error } = spawnSync('sqlite3', ['-bail', database, sql], { encoding: 'utf8' });
  if (error !== undefined) throw new Error(`sqlite3 (Debian: apt-get install sqlite3) is needed: ${error.message}`);
  if (stderr !== '') throw new Error(stderr.trim());
  return stdout.trim();
}

/** A program that keeps the database open until it is told to go. */
export class SqliteSession {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves when these statements were carried out. */
  static async open(database: string, sql: string): Promise<SqliteSession> {
    const child = spawn('sqlite3', ['-bail', database], { stdio: ['pipe', 'pipe', 'inherit'] });
    const done = once(child.stdout, 'data');
    child.stdin.write(`${sql}\n.print done\n`);
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
    await done;
    while (!said.includes('done')) await once(child.stdout, 'data');
    return new SqliteSession(child);
  }

  /** Ends it in order (`quit`), or as a crash. */
  async end(how: 'quit' | 'SIGKILL'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    if (how === 'quit') this.#child.stdin?.end('.quit\n');
    else this.#child.kill(how);
    await exited;
  }
}
