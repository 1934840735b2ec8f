/** What the dashboard's page is told, and when. Knows no editor. */

import { FIRST_LOOK, parseFromPage, type Look, type PageCommand, type ToPage } from '../../dashboard/messages.js';
import { BUCKETS } from '../../dashboard/live.js';
import type { StatusHistory } from '../../dashboard/history.js';
import { GreeumError } from '../../protocol/errors.js';
import type { MemoryService } from '../../protocol/memoryService.js';
import type { Event } from '../../client/emitter.js';
import type { HostState } from '../../client/hostState.js';
import { hintOf, messageOf } from '../errorModel.js';
import { Disposable, type DisposableLike } from '../lifecycle.js';
import type { Localizer } from '../localizer.js';
import { localDay } from '../wording.js';
import { dashboardWords } from './words.js';
import { daysOf } from './memoryDays.js';
import { workerFace } from './workerFace.js';

/** The charts move so often while somebody looks at them. */
const TICK_MS = 1000;

/** The part of the session that the dashboard follows. */
export interface FeedSource {
  readonly state: HostState;
  readonly service: MemoryService;
  readonly onDidChange: Event<HostState>;
}

/** The clock, as a port: tests drive it by hand. */
export interface FeedClock {
  /** Unix milliseconds. */
  nowMs(): number;
  every(ms: number, run: () => void): DisposableLike;
}

export interface FeedOptions {
  source: FeedSource;
  history: StatusHistory;
  l10n: Localizer;
  /** BCP 47. */
  locale: string;
  clock: FeedClock;
  post: (message: ToPage) => void;
  run: (command: PageCommand) => void;
  /** @param block index of a memory to show */
  open: (block: number) => void;
  /** Of what could not be fetched, beside what the page is told. */
  failed: (error: GreeumError) => void;
}

/**
 * Feeds one page. Nothing runs and nothing is sent while the page is hidden; when it is shown again it says `ready`
 * anew, and gets everything that is true by then.
 */
export class DashboardFeed extends Disposable {
  private look: Look = FIRST_LOOK;
  private isReady = false;
  private isVisible = true;
  private ticking: DisposableLike | null = null;
  private fetching: AbortController | null = null;
  /** What the page has, so that it is told of what differs. */
  private shownFace = '';
  private shownData = '';

  constructor(private readonly options: FeedOptions) {
    super();
    this._register(options.source.onDidChange(() => this.onWorker()));
    this._register({ dispose: () => this.rest() });
  }

  setVisible(isVisible: boolean): void {
    if (isVisible === this.isVisible) return;
    this.isVisible = isVisible;
    // The page of a hidden panel is thrown away.
    if (!isVisible) this.isReady = false;
    this.startOrRest();
  }

  /** @throws ShapeError for a message that is none of ours */
  receive(message: unknown): void {
    const request = parseFromPage(message);
    switch (request.type) {
      case 'ready':
        this.isReady = true;
        this.shownFace = '';
        this.options.post({ type: 'words', words: dashboardWords(this.options.l10n), locale: this.options.locale });
        return this.lookAt(request.look);
      case 'look':
        return this.lookAt(request.look);
      case 'retry':
        return this.lookAt(this.look);
      case 'run':
        return this.options.run(request.command);
      case 'open':
        return this.options.open(request.block);
    }
  }

  private lookAt(look: Look): void {
    this.look = look;
    this.shownData = '';
    this.startOrRest();
    this.tick();
  }

  private startOrRest(): void {
    if (this.isDisposed || !this.isReady || !this.isVisible) return this.rest();
    this.ticking ??= this.options.clock.every(TICK_MS, () => this.tick());
  }

  private rest(): void {
    this.ticking?.dispose();
    this.ticking = null;
    this.fetching?.abort();
    this.fetching = null;
  }

  /** The number of waiting writes may come with the next tick; that the worker has gone is said at once. */
  private onWorker(): void {
    if (this.ticking !== null) this.tellFace();
  }

  private tick(): void {
    if (this.ticking === null) return;
    this.tellFace();
    if (this.look.tab === 'live') this.tellLive();
    else this.refresh();
  }

  private tellFace(): void {
    const face = workerFace(this.options.source.state, this.options.l10n);
    const key = JSON.stringify(face);
    if (key === this.shownFace) return;
    this.shownFace = key;
    this.options.post({ type: 'worker', ...face });
  }

  private tellLive(): void {
    const { ms, count } = BUCKETS[this.look.span];
    const columns = this.options.history.columns(this.options.clock.nowMs(), ms, count);
    this.options.post({ type: 'live', columns });
  }

  /** Fetches what the tab shows when it may differ from what is shown. */
  private refresh(): void {
    const { status, role } = this.options.source.state;
    // Without a worker what is shown stays, and the sentence above it says why.
    if (role === null || this.fetching !== null) return;
    const key = JSON.stringify([this.look, status?.database, status?.last_sequence]);
    if (key === this.shownData) return;
    this.shownData = key;
    const fetching = new AbortController();
    this.fetching = fetching;
    void this.fetchFor(this.look, fetching.signal).then((message) => {
      if (this.fetching === fetching) this.fetching = null;
      if (!fetching.signal.aborted) this.options.post(message);
    });
  }

  /** Never rejects. */
  private async fetchFor({ tab, limit }: Look, signal: AbortSignal): Promise<ToPage> {
    const { service, state } = this.options.source;
    try {
      if (tab === 'graph') {
        const graph = await service.call('memory_graph', { limit }, { signal });
        return { type: 'graph', graph, total: Math.max(state.status?.blocks ?? 0, graph.nodes.length) };
      }
      const days = await daysOf(service, signal);
      return { type: 'growth', days, today: localDay(new Date(this.options.clock.nowMs())) };
    } catch (thrown) {
      const error = GreeumError.from(thrown);
      if (!signal.aborted) this.options.failed(error);
      return {
        type: 'trouble',
        tab,
        message: messageOf(error, this.options.l10n),
        hint: hintOf(error, this.options.l10n) ?? '',
      };
    }
  }
}
