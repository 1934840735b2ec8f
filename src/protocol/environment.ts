/** Names of the environment variables we read, and the one place where their values are parsed. */

import { GreeumError } from './errors.js';
import { WHEN_UNREACHABLE, type StorageOptions, type WhenUnreachable } from './teamLog.js';

export const ENV = {
  dataDir: 'GREEUM_DATA_DIR',
  configDir: 'GREEUM_CONFIG_DIR',
  xdgConfigHome: 'XDG_CONFIG_HOME',
  useWorker: 'GREEUM_USE_WORKER',
  workerEndpoint: 'GREEUM_WORKER_ENDPOINT',
  mcpHttp: 'GREEUM_MCP_HTTP',
  secrets: 'GREEUM_SECRETS',
  storageUrl: 'GREEUM_STORAGE_URL',
  storagePassword: 'GREEUM_STORAGE_PASSWORD',
  storageWhenUnreachable: 'GREEUM_STORAGE_WHEN_UNREACHABLE',
  embeddingUrl: 'GREEUM_EMBEDDING_URL',
  embeddingModel: 'GREEUM_EMBEDDING_MODEL',
  embeddingFolder: 'GREEUM_EMBEDDING_FOLDER',
  embeddingKey: 'GREEUM_EMBEDDING_KEY',
} as const;

export type Environment = Readonly<Record<string, string | undefined>>;

/** `auto`: the worker when there is one, else the local path. */
export type WorkerUse = 'never' | 'auto' | 'require';

/** What happens to secrets in what is to be remembered: left out, the memory refused, or kept. */
export const SECRET_POLICIES = ['redact', 'refuse', 'off'] as const;
export type SecretPolicy = (typeof SECRET_POLICIES)[number];

/** Null for anything else. */
export function asSecretPolicy(value: unknown): SecretPolicy | null {
  return SECRET_POLICIES.find((policy) => policy === value) ?? null;
}

/** Reads `GREEUM_SECRETS`; `redact` when it is not set. @throws GreeumError `invalid_argument` for another value */
export function parseSecretPolicy(value: string | undefined): SecretPolicy {
  const policy = asSecretPolicy(value?.trim().toLowerCase() || 'redact');
  if (policy !== null) return policy;
  throw new GreeumError('invalid_argument', `GREEUM_SECRETS is "${String(value)}"; it takes redact, refuse or off.`);
}

/**
 * Where the memory of a team is, by `GREEUM_STORAGE_URL`; null: the memory is this machine's own.
 * @throws GreeumError `invalid_argument` for a value of `GREEUM_STORAGE_WHEN_UNREACHABLE` that is none
 */
export function storageFrom(env: Environment): StorageOptions | null {
  const url = env[ENV.storageUrl]?.trim();
  if (url === undefined || url === '') return null;
  const whenUnreachable = parseWhenUnreachable(env[ENV.storageWhenUnreachable]);
  return { url, password: env[ENV.storagePassword], whenUnreachable };
}

function parseWhenUnreachable(value: string | undefined): WhenUnreachable {
  const chosen = value?.trim().toLowerCase() || 'refuse';
  const known = WHEN_UNREACHABLE.find((each) => each === chosen);
  if (known !== undefined) return known;
  throw new GreeumError('invalid_argument', `${ENV.storageWhenUnreachable} is "${chosen}"; it takes refuse or queue.`);
}

/** Reads `GREEUM_USE_WORKER` (design, section 8). @throws GreeumError `invalid_argument` for another value. */
export function parseWorkerUse(value: string | undefined): WorkerUse {
  switch (value?.trim().toLowerCase()) {
    case undefined:
    case '':
    case '1':
    case 'true':
    case 'yes':
    case 'on':
    case 'auto':
      return 'auto';
    case '0':
    case 'false':
    case 'no':
    case 'off':
      return 'never';
    case 'require':
      return 'require';
    default:
      throw new GreeumError('invalid_argument', `GREEUM_USE_WORKER is "${String(value)}"; it takes 0, 1 or require.`);
  }
}
