import { el, neighbourByKey } from './dom.js';

export interface Option<T> {
  readonly value: T;
  readonly label: string;
  /** Id of the part that a tab shows. */
  readonly panel?: string;
}

interface Roles {
  readonly group: 'tablist' | 'radiogroup';
  readonly item: 'tab' | 'radio';
  readonly chosen: 'aria-selected' | 'aria-checked';
}

const TABS: Roles = { group: 'tablist', item: 'tab', chosen: 'aria-selected' };
const RADIOS: Roles = { group: 'radiogroup', item: 'radio', chosen: 'aria-checked' };

/**
 * One of several, as tabs or as a row of buttons. One stop of the Tab key; the arrows choose.
 * @param label what is chosen, for screen readers
 */
export class Chooser<T extends string | number> {
  readonly element: HTMLElement;
  private readonly items: readonly HTMLButtonElement[];

  constructor(
    label: string,
    private readonly options: readonly Option<T>[],
    private readonly onChoose: (value: T) => void,
    private readonly roles: Roles = RADIOS,
  ) {
    this.items = options.map((option, index) => this.item(option, index));
    this.element = el('div', { role: roles.group, 'aria-label': label, class: roles.group }, ...this.items);
  }

  static tabs<T extends string>(
    label: string,
    options: readonly Option<T>[],
    onChoose: (value: T) => void,
  ): Chooser<T> {
    return new Chooser(label, options, onChoose, TABS);
  }

  show(value: T): void {
    for (const [index, item] of this.items.entries()) {
      const isChosen = this.options[index]?.value === value;
      item.setAttribute(this.roles.chosen, String(isChosen));
      item.tabIndex = isChosen ? 0 : -1;
    }
  }

  private item({ value, label, panel }: Option<T>, index: number): HTMLButtonElement {
    const item = el('button', { type: 'button', role: this.roles.item }, label);
    if (panel !== undefined) {
      item.id = `${panel}-tab`;
      item.setAttribute('aria-controls', panel);
    }
    item.addEventListener('click', () => this.choose(value));
    item.addEventListener('keydown', (event) => {
      const next = neighbourByKey(event.key, index, this.items.length);
      const option = next === null ? undefined : this.options[next];
      if (next === null || option === undefined) return;
      event.preventDefault();
      this.items[next]?.focus();
      this.choose(option.value);
    });
    return item;
  }

  private choose(value: T): void {
    this.show(value);
    this.onChoose(value);
  }
}
