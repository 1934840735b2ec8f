import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Locator } from 'playwright-core';
import type { EditorWindow, StatusBarItem } from '../vscode/harness/editorWindow.js';
import { projectRoot, screenshotPath } from '../vscode/harness/paths.js';
import { waitFor } from '../vscode/harness/waitFor.js';

/** What a person does with Greeum in a window. */
export class GreeumWindow {
  constructor(readonly window: EditorWindow) {}

  /** Types a memory into the box of the palette's command; resolves when the window says that it is added. */
  async addMemory(text: string): Promise<void> {
    await this.window.runCommand('Greeum: Add Memory');
    await this.window.type(text, { accept: true });
    await this.dismissAdded();
  }

  /** Waits until the window says that a memory is added, and takes that away. */
  async dismissAdded(): Promise<void> {
    const added = await this.window.waitForNotification(/Memory added: block #\d+/);
    await added.hover();
    await added.locator('.codicon-notifications-clear').click();
  }

  async flush(): Promise<void> {
    await this.window.runCommand('Greeum: Flush to Disk');
    await this.window.waitForStatusBarItem(/memory\.db is up to date/);
  }

  /** Waits until our status bar item says something to a screen reader. */
  waitForStatus(label: RegExp): Promise<StatusBarItem> {
    return waitFor(`status bar that says ${String(label)}`, async () => {
      const items = await this.window.statusBarItems();
      return items.find((item) => item.id.endsWith('greeum.status') && label.test(item.label));
    });
  }

  /** Points at our status bar item until what it says is there, and returns that. */
  async hoverStatus(text: RegExp): Promise<string> {
    await this.window.page.locator('[id="greeum.greeum-vscode.greeum.status"]').hover();
    const hover = this.window.page.locator('.workbench-hover').filter({ hasText: text });
    await hover.waitFor();
    return hover.innerText();
  }

  /** Rows of the search that is open, each with the memory's text and what it is. */
  foundMemories(): Promise<string[]> {
    return this.window.page.locator('.quick-input-list .monaco-list-row').allInnerTexts();
  }

  /** Opens the sidebar by its icon in the activity bar. */
  async openSidebar(): Promise<void> {
    await this.window.page.locator('.activitybar').getByRole('tab', { name: 'Greeum' }).click();
    await this.view('Memories').waitFor();
  }

  /** A view of the sidebar, by its name. */
  view(name: string): Locator {
    const header = this.window.page.locator('.pane-header', { hasText: name });
    return this.window.page.locator('.sidebar .pane').filter({ has: header });
  }

  /** Waits for a row of a view whose words for a screen reader match. */
  async row(view: string, label: RegExp): Promise<Locator> {
    const row = this.view(view).getByRole('treeitem', { name: label }).first();
    await row.waitFor();
    return row;
  }

  /** Points at a row until what it says is there: a list that is drawn anew meanwhile forgets the pointer. */
  async hoverRow(row: Locator, text: string): Promise<Locator> {
    const hover = this.window.page.locator('.workbench-hover').filter({ hasText: text });
    await waitFor(`a hover that says ${text}`, async () => {
      await this.window.page.mouse.move(0, 0);
      await row.hover();
      return hover.waitFor({ timeout: 3_000 }).then(
        () => true,
        () => false,
      );
    });
    return hover;
  }

  /** Picks an entry of a row's context menu. */
  async rowMenu(view: string, label: RegExp, entry: string): Promise<void> {
    await (await this.row(view, label)).click({ button: 'right' });
    await this.pickFromMenu(entry);
  }

  /** Picks an entry of the context menu that is open. */
  async pickFromMenu(entry: string): Promise<void> {
    const item = this.window.page.getByRole('menuitem', { name: entry });
    await item.waitFor();
    // A menu that has only just opened takes a click for the end of the one that opened it.
    await waitFor(`"${entry}" to be picked`, async () => {
      if (await item.isVisible()) await item.click({ timeout: 2_000 }).catch(() => undefined);
      return !(await item.isVisible());
    });
  }

  /** Points at a link in the editor in front until what it says is there, and returns that. */
  async hoverLink(text: string): Promise<string> {
    const hover = this.window.page.locator('.monaco-hover:visible .hover-contents').first();
    await waitFor(`hover of ${text}`, async () => {
      await this.link(text).hover();
      return hover.waitFor({ timeout: 2_000 }).then(
        () => true,
        () => false,
      );
    });
    return (await this.window.page.locator('.monaco-hover:visible').first().innerText()).replaceAll('\u00a0', ' ');
  }

  /** Follows a link in the editor in front, as a click with Ctrl does. */
  async followLink(text: string): Promise<void> {
    const { page } = this.window;
    await this.link(text).hover();
    // The link is drawn anew while Ctrl is held over it, so the pointer must not look for it again.
    await page.keyboard.down('ControlOrMeta');
    await page.locator('.editor-group-container.active .detected-link-active').first().waitFor();
    await page.mouse.down();
    await page.mouse.up();
    await page.keyboard.up('ControlOrMeta');
  }

  private link(text: string): Locator {
    return this.window.page.locator('.editor-group-container.active .detected-link').filter({ hasText: text }).first();
  }

  /** Drags a memory onto a slot; `atSlot` is called while it is held there. */
  async dragToSlot(memory: RegExp, slot: RegExp, atSlot: () => Promise<void>): Promise<void> {
    const { mouse } = this.window.page;
    await (await this.row('Memories', memory)).hover();
    await mouse.down();
    const target = await this.row('Slots', slot);
    await waitFor('the slot to take what is dragged', async () => {
      await target.hover();
      return (await this.window.page.locator('.sidebar .monaco-list-row.drop-target').count()) > 0;
    });
    await atSlot();
    await mouse.up();
  }

  async chooseTheme(name: string): Promise<void> {
    await this.window.runCommand('Preferences: Color Theme');
    await this.window.pick(name);
  }

  /** Text of the editor in front, as far as it is on screen. */
  async visibleText(): Promise<string> {
    const text = await this.window.page.locator('.editor-group-container.active .view-lines').first().innerText();
    return text.replaceAll('\u00a0', ' ');
  }
}

/** A part of the window, in pixels from its upper left corner. */
export interface Part {
  x: number;
  y: number;
  width: number;
  height: number;
}

/**
 * Takes a picture for the documentation: into `media/screenshots/` when `GREEUM_UPDATE_SCREENSHOTS=1`, so that
 * running the tests changes no file of the project, else to the other pictures of tests.
 */
export async function takePicture({ window }: GreeumWindow, name: string, part: Part): Promise<void> {
  const isForDocs = process.env['GREEUM_UPDATE_SCREENSHOTS'] === '1';
  const folder = path.join(projectRoot, 'media/screenshots');
  if (isForDocs) await mkdir(folder, { recursive: true });
  const file = isForDocs ? path.join(folder, `${name}.png`) : await screenshotPath(name);
  await window.page.screenshot({ path: file, clip: part });
}
