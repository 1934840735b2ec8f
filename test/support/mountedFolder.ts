/** Real disks for tests that may mount: small ones, and folders that turn read-only under whoever uses them. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

function run(command: string, ...args: readonly string[]): void {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) throw error ?? new Error(`${command} ${args.join(' ')}: ${stderr}`);
}

/** A tmpfs of a few megabytes. */
export class MountedFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'greeum-disk-'));
  #isReadOnly = false;

  /** @throws Error when the system does not let us, with its reason */
  constructor(megabytes: number) {
    try {
      run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'greeum-test', this.path);
    } catch (error) {
      rmSync(this.path, { recursive: true });
      throw error;
    }
  }

  /** For everything that is opened from now on; the kernel refuses it for what is open for writing. */
  setReadOnly(isReadOnly: boolean): void {
    if (isReadOnly === this.#isReadOnly) return;
    this.#isReadOnly = isReadOnly;
    if (!isReadOnly) return run('umount', '--lazy', this.path);
    run('mount', '--bind', this.path, this.path);
    run('mount', '-o', 'remount,bind,ro', this.path);
  }

  /** Takes all the room there is. */
  fill(): void {
    // Ends by the error that is wanted.
    spawnSync('dd', ['if=/dev/zero', `of=${this.#filler}`, 'bs=4k'], { stdio: 'ignore' });
  }

  makeRoom(): void {
    rmSync(this.#filler);
  }

  /** Whatever still has a file open there keeps it, unseen. */
  remove(): void {
    this.setReadOnly(false);
    run('umount', '--lazy', this.path);
    rmSync(this.path, { recursive: true });
  }

  get #filler(): string {
    return join(this.path, 'filler');
  }
}

/** Null where tests may not mount; prints why. */
export function mountFolder(megabytes: number): MountedFolder | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) {
    console.log('      skipped: mounting a small disk needs Linux and root');
    return null;
  }
  try {
    return new MountedFolder(megabytes);
  } catch (error) {
    console.log(`      skipped: no disk could be mounted (${error instanceof Error ? error.message.trim() : 'error'})`);
    return null;
  }
}
