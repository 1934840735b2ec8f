/** Something that holds a resource until it is disposed of; disposing twice is harmless. Also fits VS Code's type. */
export interface Disposable {
  dispose(): void;
}

/** Subscribes a listener; shaped like VS Code's `Event`, so that the extension can pass it on. */
export type Event<T> = (listener: (value: T) => void) => Disposable;

/** Calls its listeners in the order in which they came. A listener that throws does not keep the others from it. */
export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<(value: T) => void>();

  readonly event: Event<T> = (listener) => {
    // A wrapper of its own, so that one function can listen twice and leave once.
    const entry = (value: T): void => listener(value);
    this.#listeners.add(entry);
    return { dispose: () => void this.#listeners.delete(entry) };
  };

  fire(value: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(value);
      } catch (error) {
        // The listener's own fault, reported as an uncaught error; the emitter's state must not depend on it.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  dispose(): void {
    this.#listeners.clear();
  }
}
