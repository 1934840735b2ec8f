import type { Frame, Locator } from 'playwright-core';
import { waitFor } from '../vscode/harness/waitFor.js';
import { axeViolations } from './axe.js';
import type { GreeumWindow } from './greeumWindow.js';

/** The dashboard of a window, as a person uses it. */
export class DashboardFrame {
  private constructor(
    private readonly window: GreeumWindow,
    readonly frame: Frame,
  ) {}

  /** The dashboard that is on screen, once it shows something. */
  static async find(window: GreeumWindow): Promise<DashboardFrame> {
    const frame = await window.window.webview();
    await frame.getByRole('heading', { name: 'Greeum Dashboard' }).waitFor();
    return new DashboardFrame(window, frame);
  }

  static async open(window: GreeumWindow): Promise<DashboardFrame> {
    await window.window.runCommand('Greeum: Open Dashboard');
    return DashboardFrame.find(window);
  }

  tab(name: string): Locator {
    return this.frame.getByRole('tab', { name });
  }

  /** The number of the worker of that name. */
  number(name: string): Promise<string> {
    const entry = this.frame.locator('dl > div').filter({ has: this.frame.getByText(name, { exact: true }) });
    return entry.locator('dd').innerText();
  }

  /** What a chart says to a screen reader. */
  async chart(title: string): Promise<string> {
    const plot = this.frame.getByRole('img', { name: new RegExp(`^Chart: ${title}`) });
    return (await plot.getAttribute('aria-label')) ?? '';
  }

  /** Whether the page is there no more. */
  isGone(): boolean {
    return this.frame.isDetached();
  }

  /** Rules of axe that something on the page breaks, with what breaks them. */
  violations(): Promise<string[]> {
    return axeViolations(this.frame);
  }

  /** Chooses a theme of the editor; resolves when the page has its colours. */
  async chooseTheme(name: string, kind: string): Promise<void> {
    await this.window.chooseTheme(name);
    await waitFor(`${name} in the page`, () => this.frame.locator(`body.${kind}`).count());
  }
}
