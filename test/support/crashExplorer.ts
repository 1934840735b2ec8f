/** Walks through every disk that may be found after a crash at any point of something that was recorded. */

import type { DiskModel } from './diskModel.js';
import type { Random } from './random.js';
import { SimulatedDisk, type RecordedPoint } from './simulatedDisk.js';

/** One disk to recover from. */
export interface CrashState {
  readonly disk: DiskModel;
  /** Everything noted by the latest point at which this disk may be found. */
  readonly notes: readonly unknown[];
  /** The operation behind which the world may have stopped; the latest of several. */
  readonly operation: string;
}

export interface Exploration {
  readonly points: number;
  /** Distinct disks. */
  readonly states: readonly CrashState[];
  /** Combinations of what may be lost, kept and torn; more than were tried when `bound` cut them. */
  readonly combinations: number;
}

/** @param bound how many combinations are tried at each point; all when there are no more */
export function explore(points: readonly RecordedPoint[], bound: number, random: Random): Exploration {
  const found = new Map<string, CrashState>();
  let combinations = 0;
  for (const { disk, notes, operation } of points) {
    const { states, possible } = disk.crashStates(bound, random);
    combinations += possible;
    for (const state of states) found.set(state.digest, { disk: state, notes, operation });
  }
  return { points: points.length, states: [...found.values()], combinations };
}

/** Runs `check` on every state; a failure names the operation and keeps its cause. */
export async function checkAll(
  { states }: Exploration,
  check: (disk: SimulatedDisk, state: CrashState) => Promise<void>,
): Promise<void> {
  for (const state of states) {
    try {
      await check(new SimulatedDisk(state.disk), state);
    } catch (error) {
      const files = [...state.disk.contents()].map(([path, bytes]) => `${path} ${bytes.length}`).join('\n  ');
      throw new Error(`After a crash behind "${state.operation}", with\n  ${files}`, { cause: error });
    }
  }
}
