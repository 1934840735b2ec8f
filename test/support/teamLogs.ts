/** The logs that memories are copies of, where a suite runs once more on copies of a team's memory. */

import type { TeamLog } from '../../src/protocol/teamLog.js';

/** A way to a memory's log, a new one for each process that opens a directory. */
export type WayToLog = () => TeamLog;

export abstract class TeamLogs {
  readonly #ways: TeamLog[] = [];

  abstract start(): Promise<void>;
  abstract close(): Promise<void>;

  /** Of a memory that is empty yet. */
  newMemory(): WayToLog {
    const way = this.makeMemory();
    return () => {
      const log = way();
      this.#ways.push(log);
      return log;
    };
  }

  /** Whoever is still on a way hears nothing any more. */
  async closeWays(): Promise<void> {
    await Promise.all(this.#ways.splice(0).map((log) => log.close()));
  }

  protected abstract makeMemory(): WayToLog;
}

let chosen: TeamLogs | null = null;

/** The memories of tests that are loaded from now on are copies, each of a memory of its own. */
export function useTeamLogs(logs: TeamLogs): void {
  chosen = logs;
}

/** Null: memories are no copies. */
export function teamLogs(): TeamLogs | null {
  return chosen;
}
