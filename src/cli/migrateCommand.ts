import { locateMemory } from '../client/dataDirectory.js';
import { loadBundle } from '../client/distFiles.js';
import { ENV, storageFrom } from '../protocol/environment.js';
import type {
  MigrateModule,
  MigrationOptions,
  MigrationPreview,
  MigrationReport,
  RowCounts,
} from '../protocol/migration.js';
import type { StorageOptions } from '../protocol/teamLog.js';
import { command, UsageError, type CommandSpec } from './commandSpec.js';
import { EXIT } from './exitCodes.js';
import { untilSignal } from './processLife.js';
import { ProgressBar } from './progressBar.js';
import type { Shell } from './shell.js';

interface MigrateOptions {
  dataDir?: string;
  to?: string;
  dryRun?: true;
}

export const MIGRATE_COMMAND: CommandSpec = command<MigrateOptions>({
  name: 'migrate',
  says: "move the memory into a team's database, or keep the copy of one for this machine; an interrupted move goes on",
  options: [
    {
      flags: '--to <place>',
      says: 'postgres://USER@HOST/DATABASE (password: GREEUM_STORAGE_PASSWORD), or here: leave the team',
    },
    { flags: '--dry-run', says: 'write nothing, and say what would be moved and whether it can be' },
  ],
  run: migrate,
});

async function migrate(shell: Shell, options: MigrateOptions): Promise<void> {
  const { env } = shell.system;
  const { to, storage } = targetOf(options.to, shell);
  const { dataDir } = locateMemory(options.dataDir, env);
  const bundle = loadBundle('migrate.js') as MigrateModule;
  if (options.dryRun === true) {
    const preview = await bundle.previewMigration({ dataDir, to, storage });
    if (preview.obstacle !== null) shell.setExitCode(EXIT.failed);
    shell.output.result({ status: 'preview', ...preview }, () => describePreview(preview));
    return;
  }
  const report = await runWithBar(shell, bundle, { dataDir, to, storage });
  shell.output.result({ status: 'migrated', ...report }, () => describeReport(report));
}

function targetOf(to: string | undefined, { system }: Shell): { to: MigrationOptions['to']; storage: StorageOptions } {
  if (to === undefined) throw new UsageError('Where to? --to takes the URL of a database, or here.');
  const given = storageFrom(to === 'here' ? system.env : { ...system.env, [ENV.storageUrl]: to });
  if (given === null) throw new UsageError(`${ENV.storageUrl} is not set: it says what this is a copy of.`);
  return { to: to === 'here' ? 'here' : 'team', storage: given };
}

/** Ctrl+C ends it between two batches, and once more at once. */
async function runWithBar(
  { system, output }: Shell,
  { migrate: run }: MigrateModule,
  options: MigrationOptions,
): Promise<MigrationReport> {
  const bar = new ProgressBar(system.stderr, system.stderr.isTTY === true && !output.isJson);
  const ending = new AbortController();
  void untilSignal().then(() => ending.abort());
  try {
    return await run({
      ...options,
      signal: ending.signal,
      onProgress: ({ step, done, total }) => bar.show(done / Math.max(total, 1), `${step} ${total} rows`),
    });
  } finally {
    bar.end();
  }
}

function describeReport({ to, place, rows, found, data_dir }: MigrationReport): string {
  const resumed = found === 0 ? [] : [`${found} entries were there from an interrupted run.`];
  const next =
    to === 'team'
      ? [
          `${data_dir} is a copy of it now. Set ${ENV.storageUrl} to this URL wherever Greeum runs (greeum.storage.url in`,
          'VS Code); each further machine begins with an empty data directory.',
        ]
      : [
          `${data_dir} is a memory of this machine from now on. Unset ${ENV.storageUrl} here.`,
          'The database is left as it is, for the others.',
        ];
  return [`Compared with ${place}:`, ...rowLines(rows, 'the same'), '', ...resumed, ...next].join('\n');
}

function describePreview({ to, place, rows, found, obstacle }: MigrationPreview): string {
  const what = to === 'team' ? `Would be moved to ${place}:` : `Would be compared with ${place}, and stay here:`;
  const outlook =
    obstacle === null
      ? [
          ...(found === 0 ? [] : [`${found} entries are there already; it would go on after them.`]),
          'Nothing is known that is against it. Nothing was written.',
        ]
      : [`It cannot be done: ${obstacle.message}`, ...(obstacle.hint === undefined ? [] : [`  ${obstacle.hint}`])];
  return [what, ...rowLines(rows, ''), '', ...outlook].join('\n');
}

function rowLines(rows: RowCounts, verdict: string): string[] {
  return Object.entries(rows).map(([table, count]) =>
    `  ${table.padEnd(18)}${String(count).padStart(9)} rows  ${verdict}`.trimEnd(),
  );
}
