/** Where the logs are that the memories of these tests are copies of. */

import { PostgresLog } from '../../src/team/postgresLog.js';
import { FakeTeamDatabase, FakeTeamLog } from '../support/fakeTeamLog.js';
import { PostgresServer } from '../support/postgres.js';
import { TeamLogs, type WayToLog } from '../support/teamLogs.js';

/** Nothing here loses power. A property opens many memories before it ends. */
const CONFIG = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '200' };

/** One server, and in it a schema for each memory, as a team's are. */
export class LogsInPostgres extends TeamLogs {
  #server!: PostgresServer;
  #schemas = 0;

  async start(): Promise<void> {
    this.#server = await PostgresServer.start({ config: CONFIG });
  }

  async close(): Promise<void> {
    await (this.#server as PostgresServer | undefined)?.close();
  }

  protected makeMemory(): WayToLog {
    const url = this.#server.url({ params: { sslmode: 'disable', schema: `memory_${this.#schemas++}` } });
    return () => new PostgresLog({ url });
  }
}

export class LogsInMemory extends TeamLogs {
  #databases = 0;

  start(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  protected makeMemory(): WayToLog {
    const database = new FakeTeamDatabase(`memory ${this.#databases++}`);
    return () => new FakeTeamLog(database);
  }
}
