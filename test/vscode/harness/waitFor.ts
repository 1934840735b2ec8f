export interface Deadline {
  /** How long the condition may take; a wait without an end hides the failure it waits for. */
  readonly timeoutMs?: number;
}

const pollIntervalMs = 25;

/**
 * Asks `probe` again and again until it answers something other than undefined or false, and returns that.
 * @throws Error that names `what` when the deadline passes, with the probe's last error as its cause.
 */
export async function waitFor<T>(
  what: string,
  probe: () => T | Promise<T>,
  { timeoutMs = 60_000 }: Deadline = {},
): Promise<Exclude<Awaited<T>, undefined | false>> {
  const giveUpAtMs = Date.now() + timeoutMs;
  for (let cause: unknown; ;) {
    try {
      const answer = await probe();
      if (answer !== undefined && answer !== false) return answer as Exclude<Awaited<T>, undefined | false>;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    if (Date.now() >= giveUpAtMs) throw new Error(`Waited ${timeoutMs} ms in vain: ${what}`, { cause });
    await new Promise((resolve) => setTimeout(resolve, pollIntervalMs));
  }
}
