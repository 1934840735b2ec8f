import assert from 'node:assert/strict';
import { startRig, type Rig } from '../integration/endpointRig.js';
import { createFixtureServer } from './fixtureServer.js';
import { ensureReferee, type Referee } from './referee.js';

/** How many scenarios of a server the referee scores for each revision. */
const REQUIRED: Readonly<Record<string, number>> = { '2026-07-28': 37, '2025-11-25': 30 };

describe('the referee of MCP', () => {
  let referee: Referee;
  let rig: Rig;

  before(async function () {
    this.timeout(300_000);
    const found = await ensureReferee();
    if (found === null) return this.skip();
    referee = found;
    rig = await startRig({ createMcpServer: createFixtureServer });
  });
  after(() => (rig as Rig | undefined)?.close());

  for (const [revision, required] of Object.entries(REQUIRED)) {
    it(`passes all ${required} scenarios that ${revision} requires of a server`, async () => {
      const { scenarios, output } = await referee.judge(rig.endpoint.capabilityUrl ?? '', revision);
      const failed = [...scenarios].flatMap(([name, result]) => (result === 'failed' ? [name] : []));
      console.log(`      ${revision}: ${scenarios.size - failed.length} of ${scenarios.size}`);
      assert.deepEqual(failed, [], output);
      assert.equal(scenarios.size, required, output);
    });
  }
});
