import { build, context } from 'esbuild';
import type { Metafile } from 'esbuild';
import { chmod, copyFile, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { bundleOptions } from './bundle.js';
import type { BundleStyle } from './bundle.js';
import { distDir, executables, projectRoot } from './entries.js';
import { buildNativeLocks } from './nativeLocks.js';
import { writeNotices } from './notices.js';

/**
 * `npm run build`: everything that runs, into `dist/`. `--readable` leaves the code as it reads, which line coverage
 * needs; `--watch` bundles again, readable and in place, at every change of a source.
 */
async function main(): Promise<void> {
  const startedAtMs = Date.now();
  if (process.argv.includes('--watch')) return watch({ outdir: distDir, minify: false });
  // Made aside and swapped in: a build that fails leaves the last good one, and one that succeeds no stale file.
  const outdir = await mkdtemp(path.join(projectRoot, '.dist-'));
  try {
    await buildAll({ outdir, minify: !process.argv.includes('--readable') });
    await rm(distDir, { recursive: true, force: true });
    await rename(outdir, distDir);
  } finally {
    await rm(outdir, { recursive: true, force: true });
  }
  console.log(`built dist/ in ${Date.now() - startedAtMs} ms`);
}

async function buildAll(style: BundleStyle): Promise<void> {
  const { outdir } = style;
  await chmod(outdir, 0o755); // A temporary folder is private; this one will be shared.
  const [assets, ...bundles] = await Promise.all([
    copyAssets(outdir),
    ...bundleOptions(style).map((options) => build(options)),
  ]);
  await writeNotices(outdir, [assets, ...bundles.map(({ metafile }) => metafile)]);
  for (const name of Object.keys(executables)) await chmod(path.join(outdir, `${name}.js`), 0o755);
}

async function watch(style: BundleStyle): Promise<void> {
  await mkdir(style.outdir, { recursive: true });
  await copyAssets(style.outdir);
  for (const options of bundleOptions(style)) {
    await (await context({ ...options, logLevel: 'info' })).watch();
  }
}

/** What is not bundled: SQLite itself, which sql.js looks for beside the bundle, and the native locks. */
async function copyAssets(outdir: string): Promise<Metafile> {
  const wasm = 'sql-wasm.wasm';
  await copyFile(path.join(projectRoot, 'node_modules/sql.js/dist', wasm), path.join(outdir, wasm));
  return buildNativeLocks(outdir);
}

main().catch((error: unknown) => {
  // esbuild has already said, file by file, what it could not bundle.
  if (!(error instanceof Error && 'errors' in error)) console.error(error);
  process.exitCode = 1;
});
