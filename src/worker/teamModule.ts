import { createRequire } from 'node:module';
import { join } from 'node:path';

import type { TeamModule } from '../protocol/teamLog.js';

/** Read from disk only where a URL names a database. @param distDir where `team.js` lies */
export function loadTeamModule(distDir: string): TeamModule {
  return createRequire(__filename)(join(distDir, 'team.js')) as TeamModule;
}
