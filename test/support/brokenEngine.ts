/** SQLite without memory for its file: what sql.js throws then has passed through SQLite's own code. */

import type { Statement } from 'sql.js';

import { loadEngine } from '../../src/storage/engine.js';

/**
 * While `work` runs, statements break off.
 * @param from which step of a statement, counted from 0, is the first that does
 */
export async function breakingOff<T>(work: () => T | Promise<T>, from = 0): Promise<T> {
  const sqljs = await loadEngine();
  const database = new sqljs.Database();
  const statements = Object.getPrototypeOf(database.prepare('SELECT 1')) as Statement;
  database.close();
  const step = Reflect.get(statements, 'step');
  let steps = 0;
  statements.step = function () {
    steps += 1;
    if (steps > from) throw new RangeError('Array buffer allocation failed');
    return step.call(this);
  };
  try {
    return await work();
  } finally {
    statements.step = step;
  }
}
