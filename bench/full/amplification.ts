/** What the disk is given to write for what stays on it, over many adds, checkpoints included. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { drive } from '../measure.js';
import { startGreeum } from '../peers/greeum.js';
import { folderBytes, writtenBytesOf } from '../processes.js';
import { memoryTexts } from '../texts.js';

const CALLERS = 64;

export interface Amplification {
  readonly adds: number;
  readonly writtenBytes: number;
  readonly textBytes: number;
  /** At the end, after a last checkpoint. */
  readonly diskBytes: number;
}

/** @returns null where the system does not say what a process writes */
export async function benchAmplification(adds: number): Promise<Amplification | null> {
  const folder = mkdtempSync(join(tmpdir(), 'greeum-bench-'));
  const running = await startGreeum(folder);
  try {
    const texts = memoryTexts(adds, 9);
    await drive(adds, CALLERS, (index) => running.add(texts[index] ?? '', index));
    await running.client.call('flush', {});
    const writtenBytes = running.pid === null ? null : writtenBytesOf(running.pid);
    if (writtenBytes === null) return null;
    const textBytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    return { adds, writtenBytes, textBytes, diskBytes: folderBytes(folder) };
  } finally {
    await running.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}
