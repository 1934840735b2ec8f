import { DisposableStore, type DisposableLike } from './lifecycle.js';

/**
 * Takes one step in each turn of the event loop, so that nobody in this process waits for all of them at once.
 * @returns what gives back what the steps have made, and leaves the others out
 */
export function inTurns(steps: readonly (() => DisposableLike | void)[]): DisposableLike {
  const store = new DisposableStore();
  const take = ([step, ...others]: typeof steps): void => {
    if (step === undefined) return;
    const turn = setImmediate(() => {
      try {
        const made = step();
        if (made !== undefined) store.add(made);
      } finally {
        // One that fails is an uncaught error of its own and does not keep the others.
        take(others);
      }
    });
    store.add({ dispose: () => clearImmediate(turn) });
  };
  take(steps);
  return store;
}
