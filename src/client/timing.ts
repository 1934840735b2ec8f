import type { Disposable } from './emitter.js';

/** The clock, timers and chance, as one port: tests drive them by hand. */
export interface Timing {
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** Runs once after `ms`, unless disposed of before. */
  schedule(ms: number, run: () => void): Disposable;
  /** At least 0, below 1. */
  random(): number;
}

export const systemTiming: Timing = {
  // Not `performance.now()`: loading what is behind it takes a short-lived process a millisecond.
  now: () => process.uptime() * 1000,
  schedule(ms, run) {
    const timer = setTimeout(run, ms);
    return { dispose: () => clearTimeout(timer) };
  },
  random: () => Math.random(),
};

/** Resolves after `ms`, or as soon as the signal aborts; never rejects. */
export function sleep(timing: Timing, ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = timing.schedule(ms, done);
    signal.addEventListener('abort', done);
    function done(): void {
      timer.dispose();
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}

/**
 * How long to wait before attempt number `attempt` (0 is the first repetition): doubles from `firstMs` up to
 * `mostMs`, and lies anywhere between half and all of that, so that waiting processes do not come back together.
 */
export function backOff(timing: Timing, attempt: number, firstMs: number, mostMs: number): number {
  const full = Math.min(mostMs, firstMs * 2 ** Math.min(attempt, 30));
  return full * (0.5 + timing.random() / 2);
}
