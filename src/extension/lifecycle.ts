/** What can be given back. Structural, so that nothing here needs the editor. */
export interface DisposableLike {
  dispose(): unknown;
}

/**
 * Owner of things that must be given back, last one first. `dispose` may be called any number of times; one child
 * that fails does not keep the others; what is registered after it is given back at once.
 */
export abstract class Disposable implements DisposableLike {
  private readonly children: DisposableLike[] = [];
  private disposed = false;

  protected get isDisposed(): boolean {
    return this.disposed;
  }

  protected _register<T extends DisposableLike>(child: T): T {
    if (this.disposed) child.dispose();
    else this.children.push(child);
    return child;
  }

  dispose(): void {
    if (this.disposed) return;
    this.disposed = true;
    const errors: unknown[] = [];
    for (let child = this.children.pop(); child !== undefined; child = this.children.pop()) {
      try {
        child.dispose();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'Some parts could not be given back.');
  }
}

/** A place to collect disposables without a class of one's own. */
export class DisposableStore extends Disposable {
  add<T extends DisposableLike>(child: T): T {
    return this._register(child);
  }
}

/** A disposable that runs `action` once. */
export function onDispose(action: () => void): DisposableLike {
  let done = false;
  return {
    dispose(): void {
      if (done) return;
      done = true;
      action();
    },
  };
}
