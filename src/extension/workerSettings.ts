/** What the settings mean for the worker. The editor's values come in as they are, sense or nonsense. */

import path from 'node:path';
import { configuredDataDir } from '../client/pythonConfig.js';
import { asSecretPolicy, type Environment, type SecretPolicy } from '../protocol/environment.js';
import { chooseDataDir } from '../protocol/location.js';

export interface RawSettings {
  dataDir: unknown;
  autoStart: unknown;
  httpEnabled: unknown;
  httpPort: unknown;
  secrets: unknown;
}

export interface WorkerSettings {
  /** Absolute. */
  dataDir: string;
  autoStart: boolean;
  http: {
    enabled: boolean;
    /** Null: the first free one. */
    port: number | null;
  };
  secrets: SecretPolicy;
}

/** A value of the wrong kind counts as not set: the editor already marks it in the settings file. */
export function resolveSettings(raw: RawSettings, env: Environment, homeDir: string): WorkerSettings {
  const given = typeof raw.dataDir === 'string' ? raw.dataDir : undefined;
  const chosen = chooseDataDir(given, env, homeDir, () => configuredDataDir(env, homeDir));
  return {
    // The editor's own working folder means nothing to a person, so a relative path starts at home.
    dataDir: path.resolve(homeDir, chosen),
    autoStart: raw.autoStart !== false,
    http: { enabled: raw.httpEnabled !== false, port: isPort(raw.httpPort) ? raw.httpPort : null },
    secrets: asSecretPolicy(raw.secrets) ?? 'redact',
  };
}

/** True when the worker has to start anew for `next` to hold. */
export function needsRestart(previous: WorkerSettings, next: WorkerSettings): boolean {
  const { dataDir, http, secrets } = previous;
  return (
    dataDir !== next.dataDir ||
    secrets !== next.secrets ||
    http.enabled !== next.http.enabled ||
    http.port !== next.http.port
  );
}

function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65535;
}
