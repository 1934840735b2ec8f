import { VIEWS } from '../ids.js';
import { Disposable } from '../lifecycle.js';
import type { Log } from '../log.js';
import type { Scope } from '../scope.js';
import type { StoredState } from '../state.js';
import type { WorkerSession } from '../workerSession.js';
import { MemoriesView } from './memoriesView.js';
import { SlotsView } from './slotsView.js';
import { WorkerView } from './workerView.js';

/** The sidebar. */
export class Views extends Disposable {
  readonly slots: SlotsView;
  readonly memories: MemoriesView;
  readonly branches: MemoriesView;
  readonly worker: WorkerView;

  constructor(session: WorkerSession, scope: Scope, state: StoredState, log: Log) {
    super();
    this.slots = this._register(new SlotsView(session, log));
    this.memories = this._register(new MemoriesView(session, scope, state, log, { id: VIEWS.memories }));
    this.branches = this._register(new MemoriesView(session, scope, state, log, { id: VIEWS.branches, by: 'branch' }));
    this.worker = this._register(new WorkerView(session, log));
  }

  /** The two views that list memories, by the id of the view. */
  memoriesOf(view: unknown): MemoriesView {
    return view === VIEWS.branches ? this.branches : this.memories;
  }

  refresh(): void {
    for (const view of [this.slots, this.memories, this.branches, this.worker]) view.refresh();
  }
}
