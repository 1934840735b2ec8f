import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { mkdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { projectRoot } from '../vscode/harness/paths.js';
import { waitFor } from '../vscode/harness/waitFor.js';
import { useEditor } from './editor.js';
import { GreeumWindow, takePicture } from './greeumWindow.js';
import { storedTexts } from './memoryFile.js';

describe('Greeum in a window', () => {
  /** Where agents keep their configurations. */
  const home = mkdtempSync(path.join(tmpdir(), 'greeum-home-'));
  /** Of that home and in PATH, so that what a person installs goes there. */
  const bin = path.join(home, '.local/bin');
  const editor = useEditor({ env: { HOME: home, PATH: `${bin}:${process.env['PATH'] ?? ''}` } });

  let greeum: GreeumWindow;

  before(async () => {
    const folder = await editor.newFolder('shop');
    await writeFile(path.join(folder, 'limits.py'), 'RETRIES = 5\nTIMEOUT = 30\n');
    greeum = new GreeumWindow(await editor.openLastingWindow(folder));
    await greeum.waitForStatus(/the worker runs in this window/);
  });

  after(() => rm(home, { recursive: true, force: true }));

  it('leads a new user through the first steps, which complete by themselves', async () => {
    const { window } = greeum;
    await window.runCommand('Welcome: Open Walkthrough...');
    await window.pick('Get Started with Greeum');
    const step = (title: string) => window.page.locator('.getting-started-step', { hasText: title });
    const completed = (title: string) => step(title).locator('.codicon.complete');
    await step('Add the first memory').click();
    await window.page.getByRole('button', { name: 'Add Memory', exact: true }).click();
    await window.type('Prices are integers in cents.', { accept: true });
    await greeum.dismissAdded();
    await completed('Add the first memory').waitFor();
    await step('Find it again').click();
    await window.page.getByRole('button', { name: 'Search Memories' }).click();
    await window.quickInput().waitFor();
    await window.page.keyboard.press('Escape');
    await completed('Find it again').waitFor();
    assert.equal(await completed('Connect an agent').count(), 0);
    await takePicture(greeum, 'walkthrough', { x: 0, y: 0, width: 1280, height: 720 });
    await step('Connect an agent').click();
    await connectCursor(() => window.page.getByRole('button', { name: 'Connect an Agent', exact: true }).click());
    await completed('Connect an agent').waitFor();
    await step('Use it from every terminal').click();
    await window.page.getByRole('button', { name: 'Install greeum Command' }).click();
    await window.waitForNotification(/The command greeum is installed: .*\.local\/bin\/greeum/);
    assert.match(await readlink(path.join(bin, 'greeum')), /greeum$/);
    await completed('Use it from every terminal').waitFor();
    await step('See where memories are kept').click();
    const opened = window.page.context().waitForEvent('page');
    await window.page.getByRole('button', { name: 'Open Data Folder' }).click();
    const folderWindow = await opened;
    await folderWindow.waitForURL((url) => url.searchParams.get('folder') === editor.dataDir);
    await folderWindow.close();
    await completed('See where memories are kept').waitFor();
    assert.equal(await window.page.locator('.getting-started-step .codicon.complete').count(), 5);
  });

  /** Shows the change, writes it on consent, tries the server, and takes all of it back. */
  async function connectCursor(begin: () => Promise<void>): Promise<void> {
    const { window } = greeum;
    const file = path.join(home, '.cursor/mcp.json');
    const before = '{\n  // mine\n  "mcpServers": { "other": { "command": "other" } }\n}\n';
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, before);
    await begin();
    await window.pick('Cursor');
    const asked = await window.waitForNotification(/Write this to .*mcp\.json/);
    await window.page.locator('.monaco-diff-editor .line-insert').first().waitFor();
    await takePicture(greeum, 'connect-agent', { x: 0, y: 0, width: 1280, height: 720 });
    assert.equal(await readFile(file, 'utf8'), before);
    await asked.getByRole('button', { name: 'Connect Cursor' }).click();
    const told = await window.waitForNotification(/Cursor is connected: the server answers with \d+ tools/);
    const after = await readFile(file, 'utf8');
    assert.match(after, /"greeum"/);
    assert.match(after, /\/\/ mine[^]*"other"/);
    await told.getByRole('button', { name: 'Undo' }).click();
    await window.waitForNotification(/mcp\.json is as it was before/);
    assert.equal(await readFile(file, 'utf8'), before);
  }

  it('adds a memory from the palette, and it lands in the file', async () => {
    await greeum.addMemory('We deploy on Tuesdays. 배포는 화요일.');
    await greeum.flush();
    assert.deepEqual(await storedTexts(editor.dataDir), [
      'Prices are integers in cents.',
      'We deploy on Tuesdays. 배포는 화요일.',
    ]);
  });

  it('refuses a blank memory where it is typed', async () => {
    const { window } = greeum;
    await window.runCommand('Greeum: Add Memory');
    await window.type('   ', { accept: true });
    await window.page.getByText('Write the text of the memory.').waitFor();
    await window.page.keyboard.press('Escape');
  });

  it('refuses more than a memory holds where it is pasted', async () => {
    const { window } = greeum;
    await window.runCommand('Greeum: Add Memory');
    await window.type('x'.repeat(1024 * 1024 + 1), { accept: true });
    await window.page.getByText(/A memory holds at most .*; this text has/).waitFor();
    await window.page.keyboard.press('Escape');
  });

  it('keeps what was typed when the worker goes meanwhile, and adds it when there is one again', async () => {
    const { window } = greeum;
    await window.runCommand('Greeum: Add Memory');
    await window.type('Typed while the worker went.');
    await execGreeum('worker', 'stop', '--data-dir', editor.dataDir);
    await greeum.waitForStatus(/stopped in this window/);
    await window.quickInput().press('Enter');
    const told = await window.waitForNotification(/worker/i);
    await told.getByRole('button', { name: 'Start Worker' }).click();
    await greeum.dismissAdded();
  });

  it('adds the selection of an editor from its context menu', async () => {
    const { window } = greeum;
    const { page } = window;
    await page.getByRole('treeitem', { name: 'limits.py' }).dblclick();
    await page.locator('.view-line').filter({ hasText: 'RETRIES' }).click();
    await page.keyboard.press('Control+a');
    await page.locator('.view-line').filter({ hasText: 'RETRIES' }).click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Add Selection to Memory' }).hover();
    await takePicture(greeum, 'add-selection', { x: 352, y: 35, width: 860, height: 420 });
    await greeum.pickFromMenu('Add Selection to Memory');
    await window.type('The service allows no more.', { accept: true });
    const added = await window.waitForNotification(/Memory added/);
    await added.getByRole('button', { name: 'Open' }).click();
    const text = await waitFor('the memory to open', async () => {
      const shown = await greeum.visibleText();
      return shown.includes('The service allows no more.') && shown;
    });
    assert.match(text, /TIMEOUT = 30/);
    assert.match(text, /"file":"limits\.py"/);
    assert.match(text, /"language":"python"/);
  });

  it('leads from that memory back to the file and the lines where it was noted', async () => {
    const { window } = greeum;
    assert.match(await greeum.hoverLink('limits.py:1-2'), /Go to where it was noted/);
    await greeum.followLink('limits.py:1-2');
    await window.page.locator('.tab.active', { hasText: 'limits.py' }).waitFor();
    await window.waitForStatusBarItem(/Ln 3, Col 1 \(25 selected\)/);
  });

  it('searches while typing and opens what is picked', async () => {
    for (const text of [
      'Redis was too slow for the queue.',
      'The logo is green.',
      'The queue holds 10 000 commands.',
    ]) {
      await greeum.addMemory(text);
    }
    await greeum.window.runCommand('Greeum: Search Memories');
    await greeum.window.type('queue');
    await waitFor('two memories', async () => (await greeum.foundMemories()).length === 2);
    await takePicture(greeum, 'search', { x: 320, y: 0, width: 640, height: 180 });
    await greeum.window.type('redis queue');
    await waitFor('the best one first', async () => /Redis/.test((await greeum.foundMemories())[0] ?? ''));
    await greeum.window.page.keyboard.press('Enter');
    await waitFor('the memory to open', async () => (await greeum.visibleText()).includes('Redis was too slow'));
  });

  it('imports notes after it has shown what would come, and nothing twice', async () => {
    const { window } = greeum;
    const notes = path.join(home, 'AGENTS.md');
    await writeFile(notes, '# Rules\n\n- Tabs, never spaces.\n- 배포는 화요일.\n');
    await importFrom(notes);
    const question = window.page.locator('.monaco-dialog-box', { hasText: 'Import from AGENTS.md? 2 new.' });
    await question.getByRole('button', { name: 'Import' }).click();
    await window.waitForNotification(/imported 2 memories/);
    await window.waitForNotificationToGo(/importing AGENTS\.md|looking at AGENTS\.md/);
    await importFrom(notes);
    await window.waitForNotification(/Nothing to import from AGENTS\.md: 0 new, 2 there already/);
  });

  async function importFrom(file: string): Promise<void> {
    const { window } = greeum;
    await window.runCommand('Greeum: Import Memories…');
    await window.pick('File');
    await window.chooseFile(file);
  }

  it('has the greeum command in its terminal, for the same memories', async () => {
    await greeum.window.runCommand('Terminal: Create New Terminal in Editor Area');
    await waitFor('the terminal to take keys', () => greeum.window.page.locator('.xterm-helper-textarea').isVisible());
    await greeum.window.page.keyboard.type('greeum memory add "Said in the terminal."\n');
    await greeum.openSidebar();
    await greeum.row('Memories', /Said in the terminal/);
  });

  it('shows the worker in the status bar and its numbers above it', async () => {
    for (const text of ['Retries are limited to five.', 'Timeouts are 30 seconds.', 'The queue is bounded.']) {
      await greeum.addMemory(text);
    }
    const text = await greeum.hoverStatus(/Last checkpoint/);
    for (const fact of [/epoch \d+/, /0 waiting/, /p50 [\d.]+ ms/]) assert.match(text, fact);
    await takePicture(greeum, 'status-bar', { x: 0, y: 420, width: 720, height: 300 });
  });
});

/** The command line of this build, in a process of its own. */
async function execGreeum(...args: string[]): Promise<void> {
  await promisify(execFile)(process.execPath, [path.join(projectRoot, 'dist/cli.js'), ...args]);
}
