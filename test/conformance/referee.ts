/** The official referee of MCP, and a Node that is new enough for it. */

import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { installOnce, newerNode, npmInstall } from '../support/npmInstallation.js';

const NAME = '@modelcontextprotocol/conformance';
const VERSION = '0.2.0-alpha.12';

export interface Verdict {
  /** Every scored scenario with its result. */
  readonly scenarios: ReadonlyMap<string, 'passed' | 'failed'>;
  /** What it printed. */
  readonly output: string;
}

export interface Referee {
  /** Judges a server by what a revision of the protocol requires. */
  judge(url: string, revision: string): Promise<Verdict>;
}

/** Installs it where it is missing (about 20 s, once). Null on a platform for which npm has no newer Node. */
export async function ensureReferee(): Promise<Referee | null> {
  const node = newerNode();
  if (node === null) return null;
  const folder = await installOnce(`conformance-${VERSION}-node-${node.version}`, (unfinished) =>
    npmInstall(unfinished, [`${NAME}@${VERSION}`, `${node.name}@${node.version}`]),
  );
  const script = path.join(folder, 'node_modules', NAME, 'dist/index.js');
  return {
    judge: async (url, revision) => {
      const results = await mkdtemp(path.join(tmpdir(), 'greeum-conformance-'));
      try {
        const args = [script, 'server', '--url', url, '--requirements', revision, '--output-dir', results];
        return readVerdict(await run(node.pathIn(folder), args));
      } finally {
        await rm(results, { recursive: true, force: true });
      }
    },
  };
}

/** Resolves with what it printed, whatever its exit status. */
function run(command: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile(command, args, { maxBuffer: 64 * 1024 * 1024 }, (_error, stdout, stderr) => resolve(stdout + stderr));
  });
}

function readVerdict(output: string): Verdict {
  const summary = output.slice(output.lastIndexOf('=== SUMMARY ==='));
  const unscored = new Set([...summary.matchAll(/^ {2}[✓✗] ([\w-]+) \(/gmu)].map(([, scenario]) => scenario ?? ''));
  const scenarios = new Map<string, 'passed' | 'failed'>();
  for (const [, mark, scenario = ''] of summary.matchAll(/^([✓✗]) ([\w-]+): \d+ passed, \d+ failed/gmu)) {
    if (!unscored.has(scenario)) scenarios.set(scenario, mark === '✓' ? 'passed' : 'failed');
  }
  return { scenarios, output };
}
