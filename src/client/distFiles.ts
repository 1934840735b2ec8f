import { createRequire } from 'node:module';
import path from 'node:path';

/** Bundles that are started or loaded by file path, never by import. */
export type BundleName =
  | 'owner.js'
  | 'local.js'
  | 'mcp-stdio.js'
  | 'cli.js'
  | 'torture.js'
  | 'doctor.js'
  | 'agents.js'
  | 'features.js'
  | 'host.js'
  | 'transfer.js'
  | 'migrate.js';

/** The folder of the bundles: where this code lies when it is bundled, `dist/` when the sources run (tests). */
const distFolder = path.basename(__dirname) === 'client' ? path.resolve(__dirname, '../../dist') : __dirname;

export function bundlePath(name: BundleName): string {
  return path.join(distFolder, name);
}

/** Loads a bundle; its code is read from disk only now. */
export function loadBundle(name: BundleName): unknown {
  return createRequire(__filename)(bundlePath(name));
}
