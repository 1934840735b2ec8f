import type { WorkerFace } from '../dashboard/messages.js';
import type { Words } from '../dashboard/words.js';
import { button, el, setText } from './dom.js';
import { tellHost } from './host.js';

/** What the worker is doing, in a sentence that is read out when it changes, and its numbers. */
export class WorkerHeader {
  readonly element: HTMLElement;
  private readonly sentence = el('span');
  private readonly hint = el('span', { class: 'hint' });
  private readonly state: HTMLElement;
  private readonly commands = el('span', { class: 'commands' });
  private readonly numbers: HTMLElement;
  private readonly values = new Map<string, HTMLElement>();
  private shownCommands = '';

  constructor(private readonly words: Words) {
    const said = el('p', { role: 'status' }, this.sentence, ' ', this.hint);
    this.state = el(
      'div',
      { class: 'state' },
      el('span', { class: 'mood', 'aria-hidden': 'true' }),
      said,
      this.commands,
    );
    this.numbers = el('dl', { 'aria-label': words.numbers });
    this.element = el('header', {}, el('h1', {}, words.title), this.state, this.numbers);
  }

  show({ mood, sentence, hint, commands, numbers }: WorkerFace): void {
    this.state.dataset['mood'] = mood;
    setText(this.sentence, sentence);
    setText(this.hint, hint);
    this.showCommands(commands);
    const ids = new Set(numbers.map(({ id }) => id));
    for (const [id, value] of this.values) {
      if (!ids.has(id)) setText(value, this.words.unknown);
    }
    for (const { id, label, value } of numbers) setText(this.values.get(id) ?? this.add(id, label), value);
  }

  private showCommands(commands: WorkerFace['commands']): void {
    if (commands.join() === this.shownCommands) return;
    this.shownCommands = commands.join();
    const buttons = commands.map((command) => button(this.words[command], () => tellHost({ type: 'run', command })));
    this.commands.replaceChildren(...buttons);
  }

  private add(id: string, label: string): HTMLElement {
    const value = el('dd');
    this.values.set(id, value);
    this.numbers.append(el('div', {}, el('dt', {}, label), value));
    return value;
  }
}
