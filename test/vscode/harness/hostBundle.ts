import { build } from 'esbuild';
import { rm } from 'node:fs/promises';

/** Bundles what runs in an extension host, where nothing of `node_modules` but mocha is at hand. */
export async function bundleForHost(entryPoints: string[], outdir: string): Promise<void> {
  await rm(outdir, { recursive: true, force: true });
  await build({
    entryPoints,
    outdir,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
    logLevel: 'warning',
  });
}
