/**
 * Entry of `dist/torture-client.js`: adds memories without end, several at once, each with a key of its own. Every
 * write is announced on stdout before it is sent, and its answer is printed when it comes; a line is one `write`, so
 * that a kill leaves whole lines.
 */

import { writeSync } from 'node:fs';

import { WriteServiceClient } from '../client/writeServiceClient.js';
import { GreeumError } from '../protocol/errors.js';
import { asAdded, type AddMemoryResult } from '../protocol/operations.js';
import { Random } from './random.js';
import { textFor, WORDS } from './texts.js';

export interface ClientSettings {
  readonly dataDir: string;
  readonly name: string;
  readonly callers: number;
  readonly seed: number;
  /** As a window does; else it writes by itself while there is no owner, as the command line does. */
  readonly waitsForOwner: boolean;
  /** Nothing but adds; else now and then a search, a slot, or a flush, which is a checkpoint. */
  readonly onlyAdds: boolean;
}

export interface Acknowledged {
  readonly type: 'acknowledged';
  readonly key: string;
  readonly answer: AddMemoryResult;
  /** Unix milliseconds; all processes of a run share one clock. */
  readonly sentAtMs: number;
  readonly heardAtMs: number;
}

export type ClientLine =
  | { readonly type: 'sent'; readonly key: string }
  | Acknowledged
  | { readonly type: 'failed'; readonly key: string; readonly code: string; readonly outcome: string };

/** Long enough for any owner to be replaced, also on a slow machine. */
const CALL_TIMEOUT_MS = 60_000;
const STDOUT = 1;
/** One in so many calls is not an add. */
const OTHER_CALLS = 20;

function say(line: ClientLine): void {
  writeSync(STDOUT, `${JSON.stringify(line)}\n`);
}

async function call(client: WriteServiceClient, settings: ClientSettings, key: string, random: Random): Promise<void> {
  say({ type: 'sent', key });
  const sentAtMs = Date.now();
  try {
    const input = { content: textFor(key, random), idempotency_key: key, tags: [settings.name] };
    const answer = asAdded(await client.addMemory(input, { timeoutMs: CALL_TIMEOUT_MS }));
    say({ type: 'acknowledged', key, answer, sentAtMs, heardAtMs: Date.now() });
  } catch (error) {
    const { code, outcome } = GreeumError.from(error, 'unknown');
    say({ type: 'failed', key, code, outcome });
  }
}

/** Now and then something else than an add: its failure says nothing about what was acknowledged. */
async function other(client: WriteServiceClient, random: Random): Promise<void> {
  const kind = random.integer(3);
  const done =
    kind === 0
      ? client.searchMemory({ query: random.pick(WORDS) })
      : kind === 1
        ? client.anchorUpdate({ slot: random.pick(['A', 'B', 'C'] as const), block_index: 0 })
        : client.flush();
  await done.catch(() => undefined);
}

async function run(settings: ClientSettings): Promise<void> {
  const client = new WriteServiceClient({
    dataDir: settings.dataDir,
    source: 'api',
    ...(settings.waitsForOwner ? { use: 'require', whenNoOwner: () => null } : { use: 'auto' }),
  });
  const callers = Array.from({ length: settings.callers }, async (_, caller) => {
    const random = new Random(settings.seed * 1000 + caller);
    for (let number = 0; ; number += 1) {
      if (!settings.onlyAdds && random.integer(OTHER_CALLS) === 0) await other(client, random);
      await call(client, settings, `${settings.name}.${caller}.${number}`, random);
    }
  });
  await Promise.all(callers);
}

void run(JSON.parse(process.argv[2] ?? '{}') as ClientSettings);
