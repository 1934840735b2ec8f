/**
 * Runs the latest request only: each one waits a moment, a newer one cancels it before or while it runs, and the
 * answer of a cancelled one is dropped even when it arrives.
 */
export class LatestOnly {
  private current: AbortController | null = null;

  constructor(private readonly delayMs: number) {}

  /**
   * @param work called after the delay unless a newer request came; its signal aborts when one comes later
   * @returns the answer, or null when it is stale; rejects only for a failure that is not stale
   */
  async run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<{ answer: T } | null> {
    this.cancel();
    const controller = new AbortController();
    this.current = controller;
    const { signal } = controller;
    await sleep(this.delayMs, signal);
    if (signal.aborted) return null;
    try {
      const answer = await work(signal);
      return signal.aborted ? null : { answer };
    } catch (error) {
      // A cancelled request may fail in any way it likes; nobody waits for it.
      if (signal.aborted) return null;
      throw error;
    }
  }

  cancel(): void {
    this.current?.abort();
    this.current = null;
  }
}

/** Resolves after the time or at once when aborted; never rejects. */
async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
