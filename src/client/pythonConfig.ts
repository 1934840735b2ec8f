import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ENV, type Environment } from '../protocol/environment.js';

/**
 * The data directory that `greeum setup` of Python Greeum has written down, if it has: `data_dir` in its `config.json`.
 * Source: Greeum's `config_store.py`.
 */
export function configuredDataDir(env: Environment, homeDir: string): string | undefined {
  const general = env[ENV.xdgConfigHome]?.trim() || path.join(homeDir, '.config');
  const folder = env[ENV.configDir]?.trim() || path.join(general, 'greeum');
  try {
    const config: unknown = JSON.parse(readFileSync(path.join(folder, 'config.json'), 'utf8'));
    const { data_dir: dataDir } = (config ?? {}) as { data_dir?: unknown };
    return typeof dataDir === 'string' ? dataDir : undefined;
  } catch {
    // Missing most of the time; one that cannot be read means the default directory to Python too.
    return undefined;
  }
}
