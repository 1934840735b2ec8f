import { build } from 'esbuild';
import type { Metafile } from 'esbuild';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { projectRoot } from './entries.js';

const packageName = 'fs-native-extensions';
const platforms = ['linux', 'darwin', 'win32'];
const architectures = ['x64', 'arm64'];

/** How a bundle in `dist/` requires the native locks. */
export const nativeLocksPath = `./native/${packageName}/index.js`;

/**
 * Puts fs-native-extensions into `native/` of the folder: its JavaScript as one file, and the prebuilt binaries of the
 * platforms we support (it ships phones too). Its loader looks for `package.json` and `prebuilds/` beside the file
 * that asks, which is why this is a folder of its own and not part of the bundles.
 */
export async function buildNativeLocks(outdir: string): Promise<Metafile> {
  const source = path.join(projectRoot, 'node_modules', packageName);
  const target = path.dirname(path.join(outdir, nativeLocksPath));
  const { metafile } = await build({
    absWorkingDir: projectRoot,
    entryPoints: [path.join(source, 'index.js')],
    outfile: path.join(target, 'index.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    minify: true,
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    // `require.addon = …` is how the package extends Node's own require; it is meant.
    logOverride: { 'indirect-require': 'silent' },
  });
  await writeFile(path.join(target, 'package.json'), await manifest(source));
  for (const platform of platforms) {
    for (const architecture of architectures) {
      const file = path.join('prebuilds', `${platform}-${architecture}`, `${packageName}.node`);
      await mkdir(path.dirname(path.join(target, file)), { recursive: true });
      await copyFile(path.join(source, file), path.join(target, file));
    }
  }
  return metafile;
}

/** What the loader reads of the package's own manifest. */
async function manifest(source: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(path.join(source, 'package.json'), 'utf8')) as Record<
    string,
    string
  >;
  return `${JSON.stringify({ name, version, license, main: 'index.js', addon: true }, null, 2)}\n`;
}
