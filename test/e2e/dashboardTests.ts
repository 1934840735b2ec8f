import assert from 'node:assert/strict';
import { greeum } from '../support/greeumProcess.js';
import { waitFor } from '../vscode/harness/waitFor.js';
import { DashboardFrame } from './dashboardFrame.js';
import type { Editor } from './editor.js';
import { takePicture, type GreeumWindow } from './greeumWindow.js';

const THEMES = [
  { name: 'Light Modern', kind: 'vscode-light', picture: 'dashboard-light' },
  { name: 'Dark High Contrast', kind: 'vscode-high-contrast', picture: 'dashboard-contrast' },
  { name: 'Light High Contrast', kind: 'vscode-high-contrast-light', picture: 'dashboard-contrast-light' },
  { name: 'Dark Modern', kind: 'vscode-dark', picture: 'dashboard-dark' },
];
const EDITOR_PART = { x: 352, y: 35, width: 925, height: 653 };
const HOSTILE = '<img src=x onerror="document.body.remove()"> [run](command:workbench.action.quit)';

/** To be called in a `describe` with a lasting window in which the worker runs. */
export function testDashboard(editor: Editor, windowOf: () => GreeumWindow): void {
  let dashboard: DashboardFrame;

  async function addFromElsewhere(text: string): Promise<void> {
    const { status, stderr } = await greeum(['memory', 'add', text, '--data-dir', editor.dataDir]);
    assert.equal(status, 0, stderr);
  }

  it('opens the dashboard, which moves while another process writes', async () => {
    dashboard = await DashboardFrame.open(windowOf());
    await dashboard.frame.getByText('the worker runs in this window').waitFor();
    assert.equal(await dashboard.frame.locator('.chart canvas:visible').count(), 6);
    const before = Number(await dashboard.number('Memories'));
    await dashboard.frame.getByRole('radio', { name: '1 hour' }).click();
    await addFromElsewhere('The dashboard shows what the worker does.');
    await addFromElsewhere(HOSTILE);
    await waitFor('the number to grow', async () => Number(await dashboard.number('Memories')) === before + 2);
    await waitFor('the chart to move', async () => / Latest: 0\.\d/.test(await dashboard.chart('Memories added')));
  });

  it('keeps to the rules of axe in light, dark and high contrast', async () => {
    for (const { name, kind, picture } of THEMES) {
      await dashboard.chooseTheme(name, kind);
      assert.deepEqual(await dashboard.violations(), [], name);
      await takePicture(windowOf(), picture, EDITOR_PART);
    }
  });

  it('keeps to the rules of axe in every tab, as pictures and as tables', async () => {
    for (const tab of ['Growth', 'Graph', 'Graph', 'Growth', 'Worker']) {
      await dashboard.tab(tab).click();
      assert.deepEqual(await dashboard.violations(), [], tab);
      if (tab === 'Graph') await dashboard.frame.getByRole('button', { name: 'As table' }).click();
    }
  });

  it('is thrown away when it is hidden, and is again what it was when it is shown', async () => {
    await dashboard.tab('Growth').click();
    await dashboard.frame.getByRole('radio', { name: 'Weeks' }).click();
    await windowOf().window.runCommand('Greeum: Show Worker Status');
    await waitFor('the page to go', () => dashboard.isGone());
    dashboard = await DashboardFrame.open(windowOf());
    await dashboard.frame.getByRole('radio', { name: 'Weeks', checked: true }).waitFor();
    await dashboard.frame.getByRole('img', { name: /Memories per week/ }).waitFor();
  });

  it('shows memories and branches in its graph, and opens the one that is clicked or chosen by keys', async () => {
    await dashboard.tab('Graph').click();
    await dashboard.frame.getByText(/^5 of 5 memories in \d branch/).waitFor();
    const graph = dashboard.frame.getByRole('application', { name: 'Graph of memories' });
    await graph.focus();
    await graph.press('ArrowDown');
    await dashboard.frame.getByText('Memory #4: <img src=x onerror=').waitFor();
    await graph.press('+');
    // Zoomed around the chosen one: that lies in the middle now.
    await graph.click();
    await windowOf().window.page.locator('.tab', { hasText: 'Memory 4.md' }).waitFor();
    dashboard = await DashboardFrame.open(windowOf());
    await dashboard.frame.getByRole('application').press('ArrowLeft');
    await dashboard.frame.getByText(/^Memory #\d/).waitFor();
    assert.equal(await dashboard.frame.locator('img').count(), 0);
    await takePicture(windowOf(), 'dashboard-graph', EDITOR_PART);
  });

  it('is restored with its window, and says when the worker stops and that it goes on', async () => {
    // In order, as a person does: then the editor has written down what its pages keep.
    const loaded = windowOf().window.page.waitForEvent('load');
    await windowOf().window.runCommand('Developer: Reload Window');
    await loaded;
    dashboard = await DashboardFrame.find(windowOf());
    await dashboard.frame.getByRole('tab', { name: 'Graph', selected: true }).waitFor();
    await dashboard.frame.getByText('the worker runs in this window').waitFor();
    await windowOf().window.runCommand('Greeum: Stop Worker');
    await dashboard.frame.getByText('the worker is stopped in this window').waitFor();
    await dashboard.frame.getByRole('button', { name: 'Start Worker' }).click();
    await dashboard.frame.getByText('the worker runs in this window').waitFor();
  });
}
