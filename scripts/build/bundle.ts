import type { BuildOptions, Plugin } from 'esbuild';
import { version } from '../../package.json';
import { editorApi } from './editorApi.js';
import { executables, modules, pages, projectRoot, styles, webModules } from './entries.js';
import { nativeLocksPath } from './nativeLocks.js';

/**
 * The kernel locks are native code, which cannot be bundled. Bundles load it by a relative path inside `dist/`, so
 * that it is found in a clone, in an unpacked VSIX and wherever else the folder is copied, without any node_modules.
 */
const nativeLocks: Plugin = {
  name: 'native-locks',
  setup(build) {
    build.onResolve({ filter: /^fs-native-extensions$/ }, () => ({ path: nativeLocksPath, external: true }));
  },
};

const everywhere = {
  absWorkingDir: projectRoot,
  bundle: true,
  sourcemap: 'linked',
  // Licences of what is bundled are collected in one file instead (notices.ts).
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
} satisfies BuildOptions;

const node = {
  ...everywhere,
  platform: 'node',
  format: 'cjs',
  // The oldest Node that runs the command line; the extension host is newer.
  target: 'node20',
  // SQLite's binary lies beside the bundles; the sources name the one in node_modules only for running unbundled.
  external: ['sql.js/dist/sql-wasm.wasm'],
  // Its main file finds its parts in a way that no bundler can follow.
  alias: { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' },
  plugins: [nativeLocks, editorApi],
  define: { GREEUM_VERSION: JSON.stringify(version) },
} satisfies BuildOptions;

/** The oldest browser is that of the oldest VS Code. */
const browser = { ...everywhere, platform: 'browser', target: 'chrome134' } satisfies BuildOptions;

/** The extension in a browser without Node. */
const web = { ...browser, format: 'cjs', plugins: [editorApi], define: node.define } satisfies BuildOptions;

export interface BundleStyle {
  readonly outdir: string;
  readonly minify: boolean;
}

/** The esbuild runs that make the product. */
export function bundleOptions(style: BundleStyle): (typeof everywhere & BuildOptions)[] {
  return [
    { ...node, ...style, entryPoints: { ...modules } },
    { ...node, ...style, entryPoints: { ...executables }, banner: { js: '#!/usr/bin/env node' } },
    { ...browser, ...style, entryPoints: { ...pages }, format: 'iife' },
    { ...browser, ...style, entryPoints: { ...styles } },
    { ...web, ...style, entryPoints: { ...webModules } },
  ];
}
