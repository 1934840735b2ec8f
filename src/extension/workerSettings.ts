/** What the settings mean for the worker. The editor's values come in as they are, sense or nonsense. */

import path from 'node:path';
import { configuredDataDir } from '../client/pythonConfig.js';
import { embeddingFrom, type EmbeddingOptions } from '../protocol/embedding.js';
import { asSecretPolicy, ENV, storageFrom, type Environment, type SecretPolicy } from '../protocol/environment.js';
import { GreeumError } from '../protocol/errors.js';
import { chooseDataDir } from '../protocol/location.js';
import type { StorageOptions } from '../protocol/teamLog.js';

export interface RawSettings {
  dataDir: unknown;
  autoStart: unknown;
  httpEnabled: unknown;
  httpPort: unknown;
  secrets: unknown;
  embedding: { url: unknown; model: unknown; folder: unknown; key: string | null };
  storage: { url: unknown; password: string | null; whenUnreachable: unknown };
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
  /** What makes vectors, or nothing. */
  embedding: EmbeddingOptions | null;
  /** Why the settings for vectors mean nothing; null when they do. */
  embeddingProblem: string | null;
  /** Where the memory of a team is; null: the memory is this machine's own. */
  storage: StorageOptions | null;
}

/** A value of the wrong kind counts as not set; `settingProblems.ts` names it. */
export function resolveSettings(raw: RawSettings, env: Environment, homeDir: string): WorkerSettings {
  const given = typeof raw.dataDir === 'string' && !raw.dataDir.includes('\0') ? raw.dataDir : undefined;
  const chosen = chooseDataDir(given, env, homeDir, () => configuredDataDir(env, homeDir));
  return {
    // The editor's own working folder means nothing to a person, so a relative path starts at home.
    dataDir: path.resolve(homeDir, chosen),
    autoStart: raw.autoStart !== false,
    http: { enabled: raw.httpEnabled !== false, port: isPort(raw.httpPort) ? raw.httpPort : null },
    secrets: asSecretPolicy(raw.secrets) ?? 'redact',
    ...resolveEmbedding(raw.embedding, env, homeDir),
    storage: resolveStorage(raw.storage, env),
  };
}

/** True when the worker has to start anew for `next` to hold. */
export function needsRestart(previous: WorkerSettings, next: WorkerSettings): boolean {
  const { dataDir, http, secrets, embedding, storage } = previous;
  return (
    dataDir !== next.dataDir ||
    secrets !== next.secrets ||
    JSON.stringify(embedding) !== JSON.stringify(next.embedding) ||
    JSON.stringify(storage) !== JSON.stringify(next.storage) ||
    http.enabled !== next.http.enabled ||
    http.port !== next.http.port
  );
}

type Embedding = Pick<WorkerSettings, 'embedding' | 'embeddingProblem'>;

/** What contradicts itself is told, and makes no vectors. */
function resolveEmbedding(raw: RawSettings['embedding'], env: Environment, homeDir: string): Embedding {
  const [url, model, folder] = [raw.url, raw.model, raw.folder].map((value) =>
    typeof value === 'string' ? value : '',
  );
  try {
    const key = raw.key ?? undefined;
    const embedding = embeddingFrom(env, {
      url,
      model,
      folder: folder && path.resolve(homeDir, untilded(folder)),
      key,
    });
    return { embedding, embeddingProblem: null };
  } catch (error) {
    const { message, hint = '' } = GreeumError.from(error);
    return { embedding: null, embeddingProblem: `${message} ${hint}`.trim() };
  }
}

/**
 * Unlike elsewhere nonsense counts as given: the worker refuses to start with it. Without an address it would take what
 * is meant for the team into a memory of this machine.
 */
function resolveStorage(
  { url, password, whenUnreachable }: RawSettings['storage'],
  env: Environment,
): StorageOptions | null {
  const given = typeof url === 'string' ? url.trim() : JSON.stringify(url);
  const isEmpty = given === '' || url === undefined || url === null;
  // A word that means nothing keeps nobody from starting: `settingProblems.ts` names the setting's.
  const isQueue = (isEmpty ? env[ENV.storageWhenUnreachable]?.trim().toLowerCase() : whenUnreachable) === 'queue';
  const known = { ...env, [ENV.storageWhenUnreachable]: isQueue ? 'queue' : 'refuse' };
  if (isEmpty) return storageFrom(known);
  const secret = password === null ? {} : { [ENV.storagePassword]: password };
  return storageFrom({ ...known, [ENV.storageUrl]: given, ...secret });
}

/** `~/models` → `models`, which starts at home as every relative path does. */
function untilded(folder: string): string {
  return folder.replace(/^~(?=$|[\\/])[\\/]?/, '');
}

export function isPort(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 65535;
}
