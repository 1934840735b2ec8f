import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import initSqlJs from 'sql.js';

import type { Peer } from './peer.js';

/** What the process is asked, and answers with the same number. */
interface Request {
  readonly number: number;
  readonly kind: 'add' | 'search';
  readonly text: string;
}

const fileIn = (folder: string): string => join(folder, 'naive.db');

/** sql.js as its manual shows it: after each add the whole file is exported and written again. */
export const naiveSqlJs: Peer = {
  name: 'naive sql.js',
  addsPerRound: 200,

  async fill(folder, texts) {
    const { Database } = await initSqlJs();
    const db = new Database();
    db.run('CREATE TABLE memories (id INTEGER PRIMARY KEY, text TEXT NOT NULL)');
    db.run('BEGIN');
    for (const text of texts) db.run('INSERT INTO memories (text) VALUES (?)', [text]);
    db.run('COMMIT');
    writeFileSync(fileIn(folder), db.export());
    db.close();
  },

  async start(folder) {
    const child = fork(__filename, [fileIn(folder)], { execArgv: process.execArgv });
    await once(child, 'message');
    const waiting = new Map<number, () => void>();
    child.on('message', (number) => waiting.get(number as number)?.());
    let sent = 0;
    const ask = (kind: Request['kind'], text: string): Promise<boolean> => {
      const number = (sent += 1);
      return new Promise((resolve) => {
        waiting.set(number, () => resolve(true));
        child.send({ number, kind, text } satisfies Request);
      });
    };
    return {
      pid: child.pid ?? null,
      add: (text) => ask('add', text),
      search: (words) => ask('search', words),
      async kill() {
        const gone = once(child, 'exit');
        child.kill('SIGKILL');
        await gone;
      },
    };
  },

  async count(folder) {
    const { Database } = await initSqlJs();
    const db = new Database(readFileSync(fileIn(folder)));
    const count = Number(db.exec('SELECT count(*) FROM memories')[0]?.values[0]?.[0]);
    db.close();
    return count;
  },
};

/** The process itself. */
async function serve(file: string): Promise<void> {
  const { Database } = await initSqlJs();
  const db = new Database(readFileSync(file));
  process.on('message', (message) => {
    const { number, kind, text } = message as Request;
    if (kind === 'add') {
      db.run('INSERT INTO memories (text) VALUES (?)', [text]);
      writeFileSync(file, db.export());
    } else {
      db.exec('SELECT id, text FROM memories WHERE text LIKE ? ORDER BY id DESC LIMIT 10', [`%${text}%`]);
    }
    process.send?.(number);
  });
  process.send?.(0);
}

const served = process.argv[2];
if (require.main === module && served !== undefined) void serve(served);
