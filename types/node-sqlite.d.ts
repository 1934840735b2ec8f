/** The part of `node:sqlite` (Node 22.5 and later) that the benchmarks use; the types of Node 20 do not know it. */
declare module 'node:sqlite' {
  type Value = string | number | null | Uint8Array;

  class StatementSync {
    run(...values: Value[]): unknown;
    get(...values: Value[]): Record<string, Value> | undefined;
    all(...values: Value[]): Record<string, Value>[];
  }

  export class DatabaseSync {
    constructor(path: string, options?: { readOnly?: boolean });
    exec(sql: string): void;
    prepare(sql: string): StatementSync;
    close(): void;
  }
}
