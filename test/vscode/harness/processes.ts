import { spawn } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { constants } from 'node:os';
import { waitFor } from './waitFor.js';

const isWindows = process.platform === 'win32';

/** Processes of ours that still run: they are ended with us, also when a signal ends us. */
const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) signalTree(child, 'SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => process.exit(128 + constants.signals[signal]));
}

/** Starts a program whose whole tree of processes can be ended by `stopTree`. */
export function startTree(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  // A group of its own is what makes the tree addressable; Windows addresses trees by the pid itself.
  const child = spawn(program, args, { ...options, detached: !isWindows });
  running.add(child);
  child.once('exit', () => running.delete(child));
  return child;
}

/** Ends the process and everything it started: asked first, killed when it does not go. */
export async function stopTree(child: ChildProcess, { graceMs = 5_000 } = {}): Promise<void> {
  const gone = () => child.exitCode !== null || child.signalCode !== null;
  if (child.pid === undefined) return;
  signalTree(child, 'SIGTERM');
  try {
    await waitFor(`process ${child.pid} to end`, gone, { timeoutMs: graceMs });
  } catch {
    // It did not listen; there is nothing more to learn from it.
  }
  signalTree(child, 'SIGKILL');
  await waitFor(`process ${child.pid} to be killed`, gone);
}

function signalTree(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  if (isWindows) {
    spawn('taskkill', ['/pid', String(child.pid), '/T', '/F'], { stdio: 'ignore' });
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    // Nobody of the group is left, which is what was wanted.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
