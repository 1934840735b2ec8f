/** Where the files of a data directory lie. Pure: the caller says what exists. */

import { GreeumError } from './errors.js';
import { ENV, type Environment } from './environment.js';

/** Longest path a Unix socket can have on every system we run on (macOS: 104 with its final zero). */
export const MAX_SOCKET_PATH_BYTES = 103;

export interface Platform {
  readonly os: 'win32' | 'darwin' | 'linux' | (string & {});
  readonly homeDir: string;
  readonly tempDir: string;
  /** 0 where the system has none. */
  readonly uid: number;
}

/**
 * `--data-dir`, else `GREEUM_DATA_DIR`, else what Python Greeum is configured for, else `~/.greeum`; a leading `~` is
 * the home folder. Not made absolute.
 * @param configured asked only when nothing comes before it
 */
export function chooseDataDir(
  explicit: string | undefined,
  env: Environment,
  homeDir: string,
  configured: () => string | undefined,
): string {
  const chosen = explicit?.trim() || env[ENV.dataDir]?.trim() || configured()?.trim() || '~/.greeum';
  return chosen === '~' || chosen.startsWith('~/') || chosen.startsWith('~\\') ? homeDir + chosen.slice(1) : chosen;
}

/**
 * Folder of `memory.db`, and of everything beside it: the data directory itself when `memory.db` is there (older
 * installs), else its `data` folder. Source: Greeum's own rule.
 */
export function memoryFolder(dataDir: string, separator: string, hasMemoryDb: boolean): string {
  return hasMemoryDb ? dataDir : `${dataDir}${separator}data`;
}

/**
 * Where the owner of this memory folder listens: a named pipe on Windows, else a socket in the folder's `run/`, or,
 * where that path is too long, one under the temporary folder, named after a hash of the folder.
 * @param folder the memory folder with symbolic links resolved, so that every process derives the same path
 * @throws GreeumError `socket_path_too_long`
 */
export function socketPath(folder: string, platform: Platform): string {
  const name = fnv1a64(folder);
  if (platform.os === 'win32') return `\\\\.\\pipe\\greeum-${name}`;
  const beside = `${folder}/run/worker.sock`;
  if (utf8Length(beside) <= MAX_SOCKET_PATH_BYTES) return beside;
  const short = `${platform.tempDir.replace(/\/$/, '')}/greeum-${platform.uid}-${name}/worker.sock`;
  if (utf8Length(short) <= MAX_SOCKET_PATH_BYTES) return short;
  throw new GreeumError(
    'socket_path_too_long',
    `The socket path ${short} is longer than ${MAX_SOCKET_PATH_BYTES} bytes.`,
    {
      hint: 'Choose a shorter data directory, or a shorter TMPDIR.',
    },
  );
}

/** FNV-1a, 64 bit, as 16 hex digits: names a folder, protects nothing. */
function fnv1a64(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const char of text) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(char.codePointAt(0) ?? 0)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, '0');
}

/** Length in bytes of UTF-8; a lone surrogate counts as the three bytes it would be replaced by. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
