import { build, context } from 'esbuild';
import { chmod, copyFile, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { bundleOptions } from './bundle.js';
import { distDir, entries, projectRoot } from './entries.js';
import { buildNativeLocks } from './nativeLocks.js';
import { writeNotices } from './notices.js';

/** `npm run build`: everything that runs, into `dist/`. With `--watch`, bundles again at every change of a source. */
async function main(): Promise<void> {
  const startedAtMs = Date.now();
  if (process.argv.includes('--watch')) return watch();
  await rm(distDir, { recursive: true, force: true });
  const [nativeLocks, ...bundles] = await Promise.all([
    copyAssets(),
    ...bundleOptions().map((options) => build(options)),
  ]);
  await writeNotices([nativeLocks, ...bundles.flatMap(({ metafile }) => metafile ?? [])]);
  await makeExecutable();
  console.log(`built dist/ in ${Date.now() - startedAtMs} ms`);
}

async function watch(): Promise<void> {
  await copyAssets();
  for (const options of bundleOptions()) {
    await (await context({ ...options, logLevel: 'info' })).watch();
  }
}

/** What is not bundled: the native locks, and SQLite itself, which sql.js looks for beside the bundle. */
async function copyAssets() {
  await mkdir(distDir, { recursive: true });
  const wasm = 'sql-wasm.wasm';
  await copyFile(path.join(projectRoot, 'node_modules/sql.js/dist', wasm), path.join(distDir, wasm));
  return buildNativeLocks();
}

async function makeExecutable(): Promise<void> {
  for (const { out } of entries().executables) await chmod(path.join(distDir, `${out}.js`), 0o755);
}

main().catch((error: unknown) => {
  // esbuild has already said, file by file, what it could not bundle.
  if (!(error instanceof Error && 'errors' in error)) console.error(error);
  process.exitCode = 1;
});
