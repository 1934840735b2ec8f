/** So many at once, and then so many a second: a bucket of tokens that fills again with time. */

import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { EndpointLimits } from './limits.js';

type PaceLimits = Pick<EndpointLimits, 'requestBurst' | 'requestsPerSecond' | 'refusalBurst' | 'refusalsPerSecond'>;

export interface Rate {
  burst: number;
  perSecond: number;
}

export class RateLimit {
  readonly #rate: Rate;
  readonly #nowMs: () => number;
  #left: number;
  #countedAtMs: number;

  constructor(rate: Rate, nowMs: () => number = () => performance.now()) {
    this.#rate = rate;
    this.#nowMs = nowMs;
    this.#left = rate.burst;
    this.#countedAtMs = nowMs();
  }

  /** Counts one. @returns whether it is within the rate */
  take(): boolean {
    const nowMs = this.#nowMs();
    const { burst, perSecond } = this.#rate;
    this.#left = Math.min(burst, this.#left + ((nowMs - this.#countedAtMs) / 1000) * perSecond);
    this.#countedAtMs = nowMs;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}

/** How fast callers of the port may ask. Whoever opens the socket could do worse than ask. */
export class Pace {
  readonly #requests: Rate;
  readonly #perConnection = new WeakMap<Socket, RateLimit>();
  readonly #refusals: RateLimit;

  constructor({ requestBurst, requestsPerSecond, refusalBurst, refusalsPerSecond }: PaceLimits) {
    this.#requests = { burst: requestBurst, perSecond: requestsPerSecond };
    this.#refusals = new RateLimit({ burst: refusalBurst, perSecond: refusalsPerSecond });
  }

  /** Counts a request that was let in. */
  mayAsk({ socket }: IncomingMessage): boolean {
    let limit = this.#perConnection.get(socket);
    if (limit === undefined) {
      limit = new RateLimit(this.#requests);
      this.#perConnection.set(socket, limit);
    }
    return limit.take();
  }

  /** Counts one that was not. */
  mayBeRefused(): boolean {
    return this.#refusals.take();
  }
}
