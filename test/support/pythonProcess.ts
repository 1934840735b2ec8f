/** Python's own SQLite, where there is a Python: the program that Greeum's users run beside us. */

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';

/** As Greeum opens it; then carries out what it is sent, a statement a line, and says what came of it. */
const HOLDER = `
import sqlite3, sys
db = sqlite3.connect(sys.argv[1], isolation_level=None)
for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=200"):
    db.execute("PRAGMA " + pragma).fetchall()
for line in sys.stdin:
    try:
        print(db.execute(line).fetchall(), flush=True)
    except sqlite3.Error as error:
        print(error, flush=True)
db.close()`;

export function hasPython(): boolean {
  return spawnSync('python3', ['-c', 'import sqlite3, urllib.request']).status === 0;
}

/** A Python process that keeps the database open until it is told to go. */
export class PythonSession {
  readonly #child: ChildProcess;
  readonly #lines: Interface;

  private constructor(child: ChildProcess, lines: Interface) {
    this.#child = child;
    this.#lines = lines;
  }

  /** Resolves when it has read from the database. */
  static async open(database: string): Promise<PythonSession> {
    const child = spawn('python3', ['-c', HOLDER, database], { stdio: ['pipe', 'pipe', 'inherit'] });
    const session = new PythonSession(child, createInterface({ input: child.stdout }));
    await session.run('SELECT count(*) FROM blocks');
    return session;
  }

  /** @returns the rows as Python prints them, or SQLite's words */
  async run(statement: string): Promise<string> {
    const answer = once(this.#lines, 'line') as Promise<[string]>;
    this.#child.stdin?.write(`${statement}\n`);
    return (await answer)[0];
  }

  /** Ends it in order (`close`), or as a crash. */
  async end(how: 'close' | 'SIGKILL'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    if (how === 'close') this.#child.stdin?.end();
    else this.#child.kill(how);
    await exited;
  }
}
