/** What a storage URL says. The driver reads URLs too, and puts them into its errors: it never sees ours. */

import { GreeumError } from '../protocol/errors.js';

export interface StorageTarget {
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly user: string;
  readonly password: string | null;
  readonly database: string;
  /** Of the tables; one database can hold several memories. */
  readonly schema: string;
  /** `verify-full`: TLS, and the server is who its certificate says. `disable`: none, for the same machine. */
  readonly sslMode: 'verify-full' | 'disable';
  /** File with the certificates that are trusted instead of the system's. */
  readonly rootCertificate: string | null;
}

const DEFAULT_PORT = 5432;
const DEFAULT_SCHEMA = 'greeum';
const PARTS = /^postgres(?:ql)?:\/\/(?:([^:@/?#]*)(?::([^@/?#]*))?@)?([^/?#@]+)\/([^/?#]+)(?:\?([^#]*))?$/u;
const PARAMETERS = ['sslmode', 'sslrootcert', 'schema'];

/** @throws GreeumError `invalid_storage_url`, with a sentence that holds nothing of the URL */
export function parseStorageUrl(url: string): StorageTarget {
  const parts = PARTS.exec(url.trim());
  if (parts === null) throw invalid('It is no PostgreSQL URL.');
  const [, user = '', password, hosts = '', database = '', query = ''] = parts.map(decoded);
  if (user === '') throw invalid('It names no user.');
  const parameters = new URLSearchParams(query);
  for (const name of parameters.keys()) {
    // Not named: where a sign was not escaped, it is a piece of the password.
    if (!PARAMETERS.includes(name)) {
      throw invalid(`Behind the ? it may have ${PARAMETERS.join(', ')} and nothing else.`);
    }
  }
  return {
    hosts: hosts.split(',').map(hostOf),
    user,
    password: password ?? null,
    database,
    schema: schemaOf(parameters.get('schema') ?? DEFAULT_SCHEMA),
    sslMode: sslModeOf(parameters.get('sslmode') ?? 'verify-full'),
    rootCertificate: parameters.get('sslrootcert'),
  };
}

/** Fit to be shown and logged. */
export function placeOf({ hosts, database, schema }: StorageTarget): string {
  return `${hosts.map(({ host, port }) => `${host}:${port}`).join(',')}/${database} (${schema})`;
}

/** The query is decoded by who reads it. */
function decoded(part: string | undefined, place: number): string | undefined {
  if (part === undefined || place === 5) return part;
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid('It has a % that begins no escape; write %25 for the sign itself.');
  }
}

function hostOf(text: string): { host: string; port: number } {
  const parts = /^(\[[0-9a-fA-F:]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(text);
  const port = Number(parts?.[2] ?? DEFAULT_PORT);
  if (parts?.[1] === undefined || port < 1 || port > 65_535) throw invalid('It names a host that is none.');
  return { host: parts[1].replace(/^\[|\]$/g, ''), port };
}

/** PostgreSQL's names have 63 letters, and the name of the channel by which news are told begins with 11 others. */
function schemaOf(name: string): string {
  if (/^[a-z_][a-z0-9_]{0,51}$/.test(name)) return name;
  throw invalid('Its schema may have small letters, digits and _, and at most 52 of them.');
}

/** What lies between trusts whoever answers, which is no protection. */
function sslModeOf(mode: string): StorageTarget['sslMode'] {
  if (mode === 'verify-full' || mode === 'disable') return mode;
  throw invalid('Its sslmode may be verify-full (the default) or disable.');
}

function invalid(why: string): GreeumError {
  return new GreeumError('invalid_storage_url', `The storage URL cannot be used. ${why}`, {
    hint: 'It looks like postgres://user@host:5432/database; the password may stand in GREEUM_STORAGE_PASSWORD.',
  });
}
