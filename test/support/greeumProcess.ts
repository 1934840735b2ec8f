/** The built command line as real processes: one-shot calls, and a worker that can be killed. */

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

export const cliPath = resolve(__dirname, '../../dist/cli.js');

export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** No `GREEUM_*` of whoever runs the tests reaches the processes. */
function cleanEnvironment(extra: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('GREEUM_'));
  return { ...Object.fromEntries(own), ...extra };
}

/** Runs `greeum` to its end. */
export async function greeum(
  args: readonly string[],
  options: { input?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<Finished> {
  const child = spawn(process.execPath, [cliPath, ...args], { env: cleanEnvironment(options.env ?? {}) });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
  child.stdin.end(options.input ?? '');
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, stdout, stderr };
}

/** The one JSON object on stdout. */
export async function greeumJson(args: readonly string[]): Promise<Record<string, unknown>> {
  const { stdout, stderr } = await greeum([...args, '--json']);
  if (stdout === '') throw new Error(`greeum ${args.join(' ')} printed nothing: ${stderr}`);
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** `greeum worker serve` in a process of its own. */
export class WorkerProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves when the worker listens. @param cli another build than the usual one */
  static async start(
    dataDir: string,
    args: readonly string[] = [],
    cli = cliPath,
    env: Readonly<Record<string, string>> = {},
  ): Promise<WorkerProcess> {
    const child = spawn(process.execPath, [cli, 'worker', 'serve', '--data-dir', dataDir, ...args], {
      env: cleanEnvironment(env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr += chunk));
    const lines = createInterface({ input: child.stdout });
    const ended = once(child, 'exit').then(() => {
      throw new Error(`the worker ended at its start: ${stderr}`);
    });
    await Promise.race([once(lines, 'line'), ended]);
    ended.catch(() => undefined);
    return new WorkerProcess(child);
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Suspends it, or lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal);
  }

  /** Ends it by this signal and waits until it is gone. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exited = once(this.#child, 'exit');
    this.#child.kill(signal);
    await exited;
  }
}

/** An empty folder for one test, and what removes it. */
export function scratchFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'greeum-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
