/**
 * How long the host's main thread was held up, for the budget of activation. As the first import of `activate.ts` this
 * module also times the loading of the bundle.
 *
 * Two clocks, of which the smaller counts: what other processes do lengthens the wall's, and the processor's moves in
 * ticks of some milliseconds.
 */

/** Starts counting; each call of what it returns says how many milliseconds went by. */
export function countMainThreadTime(): () => number {
  const startedAt = { processorMs: processorMs(), wallMs: performance.now() };
  return () => Math.min(processorMs() - startedAt.processorMs, performance.now() - startedAt.wallMs);
}

/** Counts from the moment the bundle began to load. */
export const sinceLoad = countMainThreadTime();

function processorMs(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
}

/** Of this thread alone where Node can tell (22.19 and later), else of the whole process. */
function cpuUsage(): NodeJS.CpuUsage {
  const { threadCpuUsage } = process as { threadCpuUsage?: (this: void) => NodeJS.CpuUsage };
  return threadCpuUsage?.() ?? process.cpuUsage();
}
