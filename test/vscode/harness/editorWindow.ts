import path from 'node:path';
import type { BrowserContext, Frame, Locator, Page } from 'playwright-core';
import type { EditorServer } from './editorServer.js';
import { screenshotPath } from './paths.js';
import { waitFor } from './waitFor.js';
import type { Deadline } from './waitFor.js';

export interface StatusBarItem {
  /** `<extension id>.<item id>`, or the workbench's own id. */
  readonly id: string;
  readonly text: string;
  /** What a screen reader says: text and tooltip. */
  readonly label: string;
  readonly kind: 'normal' | 'warning' | 'error';
}

/** One VS Code window, used the way a person uses it. */
export class EditorWindow {
  private constructor(
    readonly page: Page,
    private readonly server: EditorServer,
    /** Process id of this window's extension host. */
    readonly extensionHostPid: number,
  ) {}

  /**
   * Opens a window on a folder; resolves when the workbench is restored and its extension host runs.
   * Open windows one after the other: the new extension host is recognised by being new.
   */
  static async open(context: BrowserContext, server: EditorServer, folder: string): Promise<EditorWindow> {
    const before = server.extensionHosts();
    const page = await context.newPage();
    await page.goto(server.urlOf(folder));
    await waitFor('workbench to be restored', () => page.evaluate<boolean>(workbenchRestored));
    const pid = await waitFor('extension host of the window', () =>
      server.extensionHosts().find((candidate) => !before.includes(candidate)),
    );
    return new EditorWindow(page, server, pid);
  }

  /** Runs a command as the palette shows it, for instance `Greeum: Show Worker Status`. */
  async runCommand(title: string): Promise<void> {
    await this.openPalette(title);
    await this.quickInputRows().filter({ hasText: title }).first().click();
  }

  /** The titles that the palette offers for a search that at least one command matches; the palette is closed again. */
  async commandsMatching(search: string): Promise<string[]> {
    await this.openPalette(search);
    const titles = await this.quickPicks();
    await this.page.keyboard.press('Escape');
    return titles;
  }

  private async openPalette(search: string): Promise<void> {
    const input = this.quickInput();
    // The list is computed at each change of the text, and a new window learns its extensions' commands a little
    // later: so the search is typed again until it finds something. What a step before has opened may take the focus
    // only now; that closes the palette, and it is opened again.
    await waitFor(`"${search}" in the command palette`, async () => {
      if (!(await input.isVisible())) await this.page.keyboard.press('F1');
      await input.fill('>', { timeout: 2_000 });
      await input.fill(`>${search}`, { timeout: 2_000 });
      return this.quickInputRows().filter({ hasText: search }).first().waitFor({ timeout: 1_000 }).then(found);
    });
  }

  private quickInputRows(): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row');
  }

  /** The text field of the open palette, input box or quick pick. */
  quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible .quick-input-box input');
  }

  /** Types into the open input box or quick pick; with `accept`, presses Enter after it. */
  async type(text: string, { accept = false } = {}): Promise<void> {
    const input = this.quickInput();
    await input.waitFor();
    await input.fill(text);
    if (accept) await input.press('Enter');
  }

  /** Picks the row of the open quick pick that holds the words, once it is there and the one that Enter takes. */
  async pick(words: string): Promise<void> {
    await this.type(words);
    await this.rowThatEnterTakes(words).waitFor();
    await this.quickInput().press('Enter');
  }

  /** Chooses an existing file in the open file dialog of the editor; resolves when the dialog has gone. */
  async chooseFile(file: string): Promise<void> {
    const input = this.quickInput();
    const name = path.basename(file);
    // While the dialog still reads a folder, it puts that folder's name over what is typed. A file that is listed is
    // made the one that Enter takes a moment later; before that, Enter only looks into the folder.
    await waitFor(`${file} in the file dialog`, async () => {
      await input.fill(path.join(path.dirname(file), path.sep));
      await input.fill(file);
      const isTaken = await this.rowThatEnterTakes(name)
        .waitFor({ timeout: 1_000 })
        .then(found, () => false);
      return isTaken && (await input.inputValue()) === file;
    });
    await input.press('Enter');
    await this.rowThatEnterTakes(name).waitFor({ state: 'hidden' });
  }

  private rowThatEnterTakes(words: string): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row.focused').filter({ hasText: words });
  }

  /** Labels of the rows that the open quick pick shows now. */
  async quickPicks(): Promise<string[]> {
    return this.quickInputRows().locator('.label-name').allInnerTexts();
  }

  /** Texts of the notifications on screen. */
  async notifications(): Promise<string[]> {
    return this.notificationToasts().locator('.notification-list-item-message').allInnerTexts();
  }

  /** Waits for a notification whose text matches, and returns it; its buttons can be clicked. */
  async waitForNotification(text: RegExp, { timeoutMs = 60_000 }: Deadline = {}): Promise<Locator> {
    const toast = this.notificationToasts().filter({ hasText: text }).first();
    const isShown = await toast
      .waitFor({ timeout: Math.min(timeoutMs, TOAST_COMES_WITHIN_MS) })
      .then(found, () => false);
    if (isShown) return toast;
    // Of several that come at once VS Code shows some only in the list behind the bell, where a person finds them.
    const listed = this.page.locator('.notifications-center.visible .notification-list-item').filter({ hasText: text });
    const unread = this.page.locator('.statusbar-item .codicon-bell-dot');
    return waitFor(
      `notification ${String(text)}`,
      async () => {
        if (await toast.isVisible()) return toast;
        if (await listed.first().isVisible()) return listed.first();
        if (await unread.isVisible()) await unread.click();
        return undefined;
      },
      { timeoutMs },
    );
  }

  /**
   * Waits until no notification on screen matches. Of those that come within 800 ms VS Code shows the first three, and
   * puts the rest into its list only: a test, quicker than a person, lets go what it has seen before it makes more.
   */
  async waitForNotificationToGo(text: RegExp): Promise<void> {
    await this.notificationToasts().filter({ hasText: text }).first().waitFor({ state: 'hidden' });
  }

  private notificationToasts(): Locator {
    return this.page.locator('.notifications-toasts .notification-toast');
  }

  async statusBarItems(): Promise<StatusBarItem[]> {
    return this.page.locator('.statusbar-item').evaluateAll(readStatusBarItems);
  }

  /** Waits for a status bar item whose text matches. */
  waitForStatusBarItem(text: RegExp, deadline?: Deadline): Promise<StatusBarItem> {
    const find = async () => (await this.statusBarItems()).find((item) => text.test(item.text));
    return waitFor(`status bar item ${String(text)}`, find, deadline);
  }

  /** The innermost frame of the webview that is on screen. */
  async webview(deadline?: Deadline): Promise<Frame> {
    return waitFor('webview', () => this.activeFrame(), deadline);
  }

  /** Its id says that it is in front; its name is the one it had while it was loading. */
  private async activeFrame(): Promise<Frame | undefined> {
    for (const frame of this.page.frames()) {
      if (frame.parentFrame() === null) continue;
      // A frame may go while it is asked; then it is not the one.
      const id = await frame.frameElement().then(
        (element) => element.getAttribute('id'),
        () => null,
      );
      if (id === 'active-frame') return frame;
    }
    return undefined;
  }

  /** Takes a picture into `out/screenshots/` (or to `path`) and returns where it is. */
  async screenshot(name: string, { path: given, of }: { path?: string; of?: Locator } = {}): Promise<string> {
    const file = given ?? (await screenshotPath(name));
    await (of ?? this.page).screenshot({ path: file });
    return file;
  }

  /** Closes the window as a person does; resolves when its extension host has deactivated and gone. */
  async close(): Promise<void> {
    await this.page.close({ runBeforeUnload: true });
    await waitFor(`extension host ${this.extensionHostPid} to end`, () => !this.extensionHostRuns());
  }

  /** Kills the extension host at once, as a crash would. VS Code soon starts another one for the window. */
  async killExtensionHost(): Promise<void> {
    process.kill(this.extensionHostPid, 'SIGKILL');
    await waitFor(`extension host ${this.extensionHostPid} to die`, () => !this.extensionHostRuns());
  }

  private extensionHostRuns(): boolean {
    return this.server.extensionHosts().includes(this.extensionHostPid);
  }
}

const found = () => true;

/** Enough for what is quick; what takes longer is waited for as well. */
const TOAST_COMES_WITHIN_MS = 5_000;

/** The part of a DOM element that is read; the project is compiled without a browser's types. */
interface PageElement {
  readonly id: string;
  readonly textContent: string | null;
  readonly classList: { contains(name: string): boolean };
  getAttribute(name: string): string | null;
}

/** Runs in the page, so it may use nothing from outside itself. */
function readStatusBarItems(items: PageElement[]): StatusBarItem[] {
  return items.map((item) => ({
    id: item.id,
    text: (item.textContent ?? '').trim(),
    label: item.getAttribute('aria-label') ?? '',
    kind: (['warning', 'error'] as const).find((kind) => item.classList.contains(`${kind}-kind`)) ?? 'normal',
  }));
}

/** Runs in the page: the workbench leaves such a mark at each phase of its life. */
const workbenchRestored = `performance.getEntriesByName('code/LifecyclePhase/Restored').length > 0`;
