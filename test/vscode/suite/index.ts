import Mocha from 'mocha';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { format } from 'node:util';
import TellingReporter from '../harness/tellingReporter.js';
import { suiteMark } from '../suiteMark.js';

/** Called by VS Code inside the extension host; a rejection is the run's failure. Only this folder's tests for such a window run here. */
export async function run(): Promise<void> {
  const say = console.log;
  Mocha.reporters.Base.consoleLog = (...args: unknown[]) => say(`${suiteMark}${format(...args)}`);
  // Longer than a wait may take: the wait says what it waited for.
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 90_000,
    retries: 1,
    reporter: TellingReporter,
    forbidOnly: true,
    color: false,
  });
  const wanted = process.env['GREEUM_TEST_TITLE'];
  if (wanted !== undefined) mocha.grep(wanted);
  const kind = process.env['GREEUM_TEST_WINDOW'] ?? 'test';
  for (const file of readdirSync(__dirname)) {
    if (file.endsWith(`.${kind}.js`)) mocha.addFile(path.join(__dirname, file));
  }
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} failed`);
}
