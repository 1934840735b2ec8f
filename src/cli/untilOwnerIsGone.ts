import type { MemoryLocation } from '../client/dataDirectory.js';
import { findCandidates } from '../client/discovery.js';
import type { Disposable } from '../client/emitter.js';
import { watchOwner } from '../client/ownerWatch.js';

export interface Waiting {
  /** True when the owner has gone, false when the time was up; at once where nobody can be watched. */
  readonly promise: Promise<boolean>;
  cancel(): void;
}

/** Begins to watch now, so that an end that comes very soon is not missed. */
export function untilOwnerIsGone(location: MemoryLocation, withinMs: number): Waiting {
  const resources: Disposable[] = [];
  const cancel = (): void => resources.forEach((resource) => resource.dispose());
  const promise = new Promise<boolean>((resolve) => {
    const end = (isGone: boolean): void => {
      cancel();
      resolve(isGone);
    };
    const timer = setTimeout(() => end(false), withinMs);
    resources.push({ dispose: () => clearTimeout(timer) });
    const endpoint = findCandidates(location, {}, undefined).find(
      (found) => found.endpoint.kind === 'socket',
    )?.endpoint;
    if (endpoint === undefined) return end(false);
    resources.push(
      watchOwner(endpoint, { onConnected: () => undefined, onStatus: () => undefined, onGone: () => end(true) }),
    );
  });
  return { promise, cancel };
}
