/** The page of the dashboard: everything on it is built here, from what the host says. */

import { TABS, type Look, type Tab, type ToPage } from '../dashboard/messages.js';
import type { Words } from '../dashboard/words.js';
import { Chooser } from './chooser.js';
import { button, el, setText } from './dom.js';
import { GraphTab } from './graphTab.js';
import { GrowthTab } from './growthTab.js';
import { onHostMessage, tellHost } from './host.js';
import { LiveTab } from './liveTab.js';
import { readState, writeState } from './pageState.js';
import { onThemeChange } from './theme.js';
import { WorkerHeader } from './workerHeader.js';

class Page {
  private state = readState();
  private readonly header: WorkerHeader;
  private readonly live: LiveTab;
  private readonly growth: GrowthTab;
  private readonly graph: GraphTab;
  private readonly tabs: Chooser<Tab>;
  private readonly panels: Readonly<Record<Tab, HTMLElement>>;
  private readonly tableSwitch: HTMLButtonElement;
  private readonly trouble = el('span');
  private readonly troubleBox: HTMLElement;

  constructor(words: Words, locale: string) {
    this.header = new WorkerHeader(words);
    this.live = new LiveTab(words, locale, (span) => this.lookAt({ span }));
    this.growth = new GrowthTab(words, locale, (period) => this.lookAt({ period }));
    this.graph = new GraphTab(words, locale, this.state.camera, {
      onLimit: (limit) => this.lookAt({ limit }),
      onCamera: (camera) => writeState((this.state = { ...this.state, camera })),
      onOpen: (block) => tellHost({ type: 'open', block }),
    });
    const labels = { live: words.tabLive, growth: words.tabGrowth, graph: words.tabGraph };
    const options = TABS.map((tab) => ({ value: tab, label: labels[tab], panel: tab }));
    this.tabs = Chooser.tabs(words.tabs, options, (tab) => this.lookAt({ tab }));
    this.panels = {
      live: panel('live', this.live.element),
      growth: panel('growth', this.growth.element),
      graph: panel('graph', this.graph.element),
    };
    this.tableSwitch = button(words.asTable, () => this.switchTable(), { class: 'switch' });
    const retry = button(words.tryAgain, () => tellHost({ type: 'retry' }));
    this.troubleBox = el('div', { class: 'trouble', role: 'alert', hidden: '' }, this.trouble, ' ', retry);
    const bar = el('div', { class: 'bar' }, this.tabs.element, this.tableSwitch);
    const main = el('main', {}, bar, this.troubleBox, ...TABS.map((tab) => this.panels[tab]));
    document.body.replaceChildren(this.header.element, main);
    onThemeChange(() => this.redraw());
    this.arrange();
  }

  hear(message: Exclude<ToPage, { type: 'words' }>): void {
    switch (message.type) {
      case 'worker':
        return this.header.show(message);
      case 'live':
        return this.live.show(message.columns);
      case 'growth':
        this.troubleBox.hidden = true;
        return this.growth.show(message.days, message.today);
      case 'graph':
        this.troubleBox.hidden = true;
        return this.graph.show(message.graph, message.total);
      case 'trouble':
        setText(this.trouble, `${message.message} ${message.hint}`);
        this.troubleBox.hidden = message.tab !== this.state.look.tab;
    }
  }

  private lookAt(change: Partial<Look>): void {
    this.state = { ...this.state, look: { ...this.state.look, ...change } };
    this.changed();
  }

  private switchTable(): void {
    this.state = { ...this.state, asTable: !this.state.asTable };
    this.changed();
  }

  private changed(): void {
    writeState(this.state);
    this.troubleBox.hidden = true;
    this.arrange();
    tellHost({ type: 'look', look: this.state.look });
  }

  private arrange(): void {
    const { look, asTable } = this.state;
    this.tabs.show(look.tab);
    for (const tab of TABS) this.panels[tab].hidden = tab !== look.tab;
    this.tableSwitch.setAttribute('aria-pressed', String(asTable));
    this.live.arrange(look.span, asTable);
    this.growth.arrange(look.period, asTable);
    this.graph.arrange(look.limit, asTable);
  }

  private redraw(): void {
    this.live.redraw();
    this.growth.redraw();
    this.graph.redraw();
  }
}

function panel(tab: Tab, content: HTMLElement): HTMLElement {
  return el('div', { id: tab, role: 'tabpanel', 'aria-labelledby': `${tab}-tab` }, content);
}

let page: Page | null = null;

onHostMessage((message) => {
  if (message.type === 'words') page ??= new Page(message.words, message.locale);
  else page?.hear(message);
});
tellHost({ type: 'ready', look: readState().look });
