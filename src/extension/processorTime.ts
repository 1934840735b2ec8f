/**
 * Processor time of the host's main thread, for the budget of activation. Not wall time: a busy machine makes nobody's
 * activation slower. As the first import of `activate.ts` this module also times the loading of the bundle.
 */

/** Starts counting; each call of what it returns says how many milliseconds of processor time went by. */
export function countProcessorTime(): () => number {
  const startedAtMs = processorMs();
  return () => processorMs() - startedAtMs;
}

/** Counts from the moment the bundle began to load. */
export const sinceLoad = countProcessorTime();

function processorMs(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
}

/** Of this thread alone where Node can tell (22.19 and later), else of the whole process. */
function cpuUsage(): NodeJS.CpuUsage {
  const { threadCpuUsage } = process as { threadCpuUsage?: (this: void) => NodeJS.CpuUsage };
  return threadCpuUsage?.() ?? process.cpuUsage();
}
