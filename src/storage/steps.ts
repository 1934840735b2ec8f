/** Work that is done a few milliseconds at a time, for who has others to serve: a generator that yields in between. */

/** All of it at once. */
export function toTheEnd<T>(work: Generator<void, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
