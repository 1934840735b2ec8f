import assert from 'node:assert/strict';
import { WorkerCalls } from '../support/workerCalls.js';
import { waitFor } from '../vscode/harness/waitFor.js';
import { axeViolations } from './axe.js';
import { testDashboard } from './dashboardTests.js';
import { useEditor } from './editor.js';
import { GreeumWindow, takePicture } from './greeumWindow.js';

describe('the sidebar', () => {
  const editor = useEditor();
  let window: GreeumWindow;

  before(async () => {
    const folder = await editor.newFolder('shop');
    window = new GreeumWindow(await editor.openLastingWindow(folder));
    await window.waitForStatus(/the worker runs in this window/);
    await window.openSidebar();
  });

  it('says how to begin while there is no memory, and lists what is added', async () => {
    await window.view('Memories').getByRole('button', { name: 'Add Memory', exact: true }).first().waitFor();
    for (const text of [
      'Prices are integers in cents, never floats.',
      'Redis was too slow for the queue; we use the database.',
      'The checkout retries five times, then gives up.',
    ]) {
      await window.addMemory(text);
      await window.row('Memories', new RegExp(`: ${text.slice(0, 20)}`));
    }
    await window.row('Memories', /^Today, 3 memories/);
    await window.window.page.locator('.monaco-workbench').click({ position: { x: 700, y: 300 } });
    await takePicture(window, 'sidebar', { x: 0, y: 0, width: 640, height: 700 });
  });

  it('points a slot at a memory by the menu, pins it, and clears it', async () => {
    await window.rowMenu('Memories', /Redis was too slow/, 'Set Slot…');
    await window.window.pick('B');
    await window.row('Slots', /^Slot B: Redis was too slow/);
    await window.rowMenu('Slots', /^Slot B/, 'Pin Slot');
    await window.row('Slots', /^Slot B, pinned: Redis/);
    await window.rowMenu('Slots', /^Slot B/, 'Unpin Slot');
    await window.row('Slots', /^Slot B: Redis/);
    await window.rowMenu('Slots', /^Slot B/, 'Clear Slot');
    await window.row('Slots', /^Slot B, empty/);
  });

  it('points a slot at a memory that is dragged onto it', async () => {
    await window.dragToSlot(/Prices are integers/, /^Slot B, empty/, () =>
      takePicture(window, 'drag-to-slot', { x: 0, y: 35, width: 352, height: 350 }),
    );
    await window.row('Slots', /^Slot B: Prices are integers/);
  });

  it('links and copies several memories that are selected', async () => {
    await (await window.row('Memories', /Prices are integers/)).click();
    // The click opens the memory, which takes the focus away from what follows too soon.
    await window.window.page.locator('.tab.active', { hasText: 'Memory 0.md' }).waitFor();
    await window.window.page.locator('.editor-group-container.active .monaco-editor.focused').waitFor();
    for (const label of [/Redis was too slow/, /The checkout retries/]) {
      await (await window.row('Memories', label)).click({ modifiers: ['ControlOrMeta'] });
    }
    await window.rowMenu('Memories', /Redis was too slow/, 'Link Memories…');
    await window.window.waitForStatusBarItem(/Linked 2 memories to #\d/);
    const { memory } = await new WorkerCalls(editor.dataDir).call('get_memory', { block_index: 0 });
    const linked = memory.associations.filter(({ type }) => type === 'semantic');
    assert.deepEqual(
      linked.map(({ source, target }) => source + target).sort(),
      [1, 2],
      'the first one with each other',
    );
    await window.window.page.keyboard.press('ControlOrMeta+c');
    await window.window.waitForStatusBarItem(/Copied 3 memories/);
  });

  it('leads from one memory to those it is linked to, with their first words in a hover', async () => {
    await (await window.row('Memories', /The checkout retries/)).click();
    await window.window.page.locator('.tab.active', { hasText: 'Memory 2.md' }).waitFor();
    assert.match(await window.hoverLink('#0'), /Prices are integers in cents, never floats\.[^]*#0.*shop/);
    await window.followLink('#0');
    await window.window.page.locator('.tab.active', { hasText: 'Memory 0.md' }).waitFor();
    await window.followLink('#2');
    await window.window.page.locator('.tab.active', { hasText: 'Memory 2.md' }).waitFor();
  });

  it('shows branches with their memories, and the numbers of the worker', async () => {
    const branch = await window.row('Branches', /^Branch Prices are integers in cents.*, \d memor/);
    await branch.locator('.monaco-tl-twistie').click();
    await window.row('Branches', /^Memory 0: Prices are integers/);
    await branch.locator('.monaco-tl-twistie').click();
    const status = await new WorkerCalls(editor.dataDir).call('worker_status', {});
    for (const label of [
      /^State: the worker runs in this window$/,
      new RegExp(`^Owner: process ${status.pid} \\(vscode\\)$`),
      /^Connections: \d+ of windows, agents and terminals$/,
      new RegExp(`^Epoch: ${status.epoch}$`),
      /^Memories: 3$/,
      /^Queue: 0 waiting, 0 in flight$/,
    ]) {
      await window.row('Worker', label);
    }
  });

  it('can be read in high contrast', async () => {
    const { page } = window.window;
    for (const [name, kind] of [
      ['Light High Contrast', 'hc-light'],
      ['Dark High Contrast', 'hc-black'],
    ] as const) {
      await window.chooseTheme(name);
      await page.locator(`.monaco-workbench.${kind}`).first().waitFor();
      const rules = ['color-contrast'];
      assert.deepEqual(await axeViolations(page, { within: '.sidebar .monaco-list-rows', rules }), [], name);
    }
    await takePicture(window, 'sidebar-contrast', { x: 0, y: 35, width: 352, height: 655 });
    await window.chooseTheme('Light Modern');
  });

  it('groups by project, filters by words, and opens what is clicked', async () => {
    await window.window.runCommand('Greeum: Group Memories by Project');
    await (await window.row('Memories', /^shop, 3 memories/)).click();
    await window.window.runCommand('Greeum: Filter Memories');
    await window.window.type('checkout', { accept: true });
    const rows = window.view('Memories').getByRole('treeitem');
    // What stands beside the found one in its branch comes after it.
    await waitFor('the found one first', async () => /The checkout retries/.test(await rows.first().innerText()));
    assert.equal(await rows.filter({ hasText: 'Prices are integers' }).count(), 0);
    await rows.filter({ hasText: 'The checkout retries' }).click();
    await window.window.page.locator('.tab', { hasText: 'Memory 2.md' }).waitFor();
  });

  // In the same window: to open one takes 15 s.
  testDashboard(editor, () => window);

  it('shows a hostile memory as the text that it is, in the row, the hover and the document', async () => {
    const hostile = '<img src=x onerror=alert(1)> [here](command:workbench.action.closeWindow) $(bug) \u202eשלום👩‍👩‍👧';
    await window.window.runCommand('Greeum: Group Memories by Day');
    // A second try of this test finds it there.
    if ((await window.view('Memories').getByText('<img src=x').count()) === 0) await window.addMemory(hostile);
    const row = await window.row('Memories', /<img src=x onerror=alert\(1\)> \[here\]\(command:.*שלום👩‍👩‍👧/);
    assert.equal(await row.locator('.codicon-bug, img').count(), 0);
    const hover = await window.hoverRow(row, 'onerror');
    assert.equal(await hover.locator('img, .codicon-bug, a[data-href^="command:"]').count(), 0);
    await row.click();
    await waitFor('the document', async () => (await window.visibleText()).includes('<img src=x onerror=alert(1)>'));
    const links = window.window.page.locator(
      '.editor-group-container.active .detected-link, .editor-group-container.active img',
    );
    assert.equal(await links.count(), 0);
  });
});
