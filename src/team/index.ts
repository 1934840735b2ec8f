/** Entry of `dist/team.js`: loaded by file path where a URL names a database, and nowhere else. */

import type { TeamModule } from '../protocol/teamLog.js';
import { PostgresLog } from './postgresLog.js';
import { unfit } from './unfit.js';

module.exports = { openTeamLog: (options) => new PostgresLog(options), unfit } satisfies TeamModule;
