import type { Disposable } from '../client/emitter.js';
import type { Endpoint } from '../client/endpoint.js';
import { watchOwner, type WatchHandlers } from '../client/ownerWatch.js';

export interface Waiting {
  /** True when an owner that was there has gone; false when the time is up, or when nobody was there to watch. */
  readonly promise: Promise<boolean>;
  cancel(): void;
}

/** Watches from now on, so that an end that comes very soon is not missed. */
export function untilOwnerIsGone(endpoints: readonly Endpoint[], withinMs: number): Waiting {
  const resources: Disposable[] = [];
  const cancel = (): void => resources.forEach((resource) => resource.dispose());
  const promise = new Promise<boolean>((resolve) => {
    const end = (isGone: boolean): void => {
      cancel();
      resolve(isGone);
    };
    const timer = setTimeout(() => end(false), withinMs);
    resources.push({ dispose: () => clearTimeout(timer) });
    let left = endpoints.length;
    const handlers: WatchHandlers = {
      onConnected: () => undefined,
      onStatus: () => undefined,
      onGone: (wasConnected) => {
        left -= 1;
        if (wasConnected) end(true);
        else if (left === 0) end(false);
      },
    };
    for (const endpoint of endpoints) resources.push(watchOwner(endpoint, handlers));
  });
  return { promise, cancel };
}
