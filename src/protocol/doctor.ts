/** What `greeum doctor` finds and does, as the command line and scripts see it. */

import type { StorageOptions } from './teamLog.js';

export type DoctorArea =
  | 'data directory'
  | 'permissions'
  | 'lock'
  | 'journal'
  | 'image'
  | 'index'
  | 'slots'
  | 'discovery'
  | 'leftovers'
  | 'team';

/** `note`: nothing to do; `warning`: works, and somebody should know; `damage`: something is broken. */
export type DoctorSeverity = 'ok' | 'note' | 'warning' | 'damage';

export interface DoctorFinding {
  readonly area: DoctorArea;
  readonly severity: DoctorSeverity;
  /** Holds no memory text. */
  readonly sentence: string;
  /** What `--fix` does about it; null: nothing. */
  readonly remedy: string | null;
}

/** What `--fix` did. */
export interface DoctorRepair {
  /** Where everything that was replaced or set aside lies now; null when nothing was. */
  readonly backup: string | null;
  readonly done: readonly string[];
  /** What could not be saved, or could not be done. */
  readonly lost: readonly string[];
  /** The checks once more, afterwards. */
  readonly findings: readonly DoctorFinding[];
}

export interface DoctorReport {
  readonly data_dir: string;
  /** Nothing is damaged, or nothing any more. */
  readonly ok: boolean;
  readonly findings: readonly DoctorFinding[];
  /** Null without `--fix`. */
  readonly repair: DoctorRepair | null;
}

export interface DoctorOptions {
  /** Absolute. */
  readonly dataDir: string;
  readonly fix: boolean;
  /** The database of a team's memory, where one is named. */
  readonly storage?: StorageOptions | null;
}

/** Surface of `dist/doctor.js`, which is loaded by its path. */
export interface DoctorModule {
  /** @throws GreeumError `lock_busy` for a fix while somebody else owns the directory */
  runDoctor(options: DoctorOptions): Promise<DoctorReport>;
}
