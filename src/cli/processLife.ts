/** The name of a long-running command in `ps`, and how it is asked to end. Apart, because it loads nothing. */

/** Resolves at the first signal that asks the process to end; at the second one the process ends as it stands. */
export function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
}

/**
 * The name in `ps`. Python Greeum's server ends every older process whose command line holds greeum, mcp and serve,
 * in this order, and whose parent has gone; ours must not look like that.
 */
export function nameProcess(name: 'greeum-worker' | 'greeum-stdio'): void {
  process.title = name;
}
