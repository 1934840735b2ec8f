/** What `dist/migrate.js` exports: a memory moves from a data directory into a team's database, or stays here for itself. */

import type { TableName } from './change.js';
import type { SerializedError } from './errors.js';
import type { StorageOptions } from './teamLog.js';

export interface MigrationOptions {
  /** Absolute. */
  readonly dataDir: string;
  /** `here`: the copy of a team's memory becomes a memory of this machine. */
  readonly to: 'team' | 'here';
  readonly storage: StorageOptions;
  /** Ends it between two batches; what is in the database by then stays there. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: MigrationProgress) => void;
}

export interface MigrationProgress {
  readonly step: 'writing' | 'comparing';
  /** Rows of all tables. */
  readonly done: number;
  readonly total: number;
}

/** Rows of each table that the machines of a team share. */
export type RowCounts = { [table in TableName]?: number };

export interface MigrationReport {
  readonly to: MigrationOptions['to'];
  readonly data_dir: string;
  /** Host, port, database and schema: no user and no password. */
  readonly place: string;
  readonly rows: RowCounts;
  /** The entry of the log up to which both were the same. */
  readonly seq: number;
  /** Entries that an interrupted run had left there. */
  readonly found: number;
}

export interface MigrationPreview extends Omit<MigrationReport, 'seq'> {
  /** Why it would not come to pass; null: nothing is known that is against it. */
  readonly obstacle: SerializedError | null;
}

export interface MigrateModule {
  /**
   * Holds the ownership lock.
   * @throws GreeumError `invalid_storage_url`, `lock_busy`, the `storage_*` codes, `worker_stopping` after `signal`, and
   * the codes of a directory that cannot be opened
   */
  readonly migrate: (options: MigrationOptions) => Promise<MigrationReport>;
  /** Writes nothing anywhere, and takes no lock. @throws GreeumError of a URL or directory that cannot be read */
  readonly previewMigration: (options: MigrationOptions) => Promise<MigrationPreview>;
}
