/**
 * Where the endpoint can be reached: a Unix socket that only this user can open, and a port of this machine.
 */

import type { Stats } from 'node:fs';
import { chmod, lstat, mkdir, unlink } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { ListenOptions } from 'node:net';
import path from 'node:path';
import { GreeumError } from '../../protocol/errors.js';
import { FIRST_PORT, LAST_PORT } from '../../protocol/limits.js';

/** Connections that may wait to be accepted: past it a Unix socket answers EAGAIN. The system may allow fewer. */
const BACKLOG = 1024;

/**
 * Listens on a Unix socket in a folder of its own (0700), or on a Windows pipe. The caller holds the ownership lock of
 * the data directory, so a socket file that is already there was left by an owner that is dead, and is replaced.
 * @throws GreeumError `unsafe_permissions` when the folder or the socket's name is not ours to use.
 */
export async function listenOnSocket(server: Server, socketPath: string): Promise<void> {
  if (process.platform === 'win32') {
    await listen(server, { path: socketPath });
    return;
  }
  await prepareFolder(path.dirname(socketPath));
  await removeSocketFile(socketPath);
  await listen(server, { path: socketPath });
  // Until here the folder alone kept others out.
  await chmod(socketPath, 0o600);
}

/** A file that is not a socket is never removed. */
async function removeSocketFile(socketPath: string): Promise<void> {
  const found = await lstatOrNull(socketPath);
  if (found === null) return;
  if (!found.isSocket()) throw unsafe(`${socketPath} is in the way: it is not a socket.`);
  await unlink(socketPath).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  });
}

/** Makes the folder, or makes sure that it is a real one, ours, and closed to everybody else. */
async function prepareFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw folderProblem(folder, error);
  });
  const found = await lstatOrNull(folder);
  if (!found?.isDirectory()) throw unsafe(`${folder} is not a folder of its own.`);
  if (found.uid !== process.getuid?.()) throw unsafe(`${folder} belongs to another user.`);
  if ((found.mode & 0o077) !== 0) await chmod(folder, 0o700);
}

async function lstatOrNull(file: string): Promise<Stats | null> {
  try {
    return await lstat(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function folderProblem(folder: string, error: unknown): GreeumError {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EEXIST' || code === 'ENOTDIR') return unsafe(`${folder} is not a folder.`);
  return new GreeumError('data_dir_unwritable', `The folder ${folder} cannot be made (${code ?? 'unknown error'}).`, {
    hint: 'Give yourself write permission on the data directory, or choose another one.',
    cause: error,
  });
}

function unsafe(what: string): GreeumError {
  return new GreeumError('unsafe_permissions', `The worker's socket cannot be made safely: ${what}`, {
    hint: 'Remove or rename it, then start the worker again.',
  });
}

export interface PortChoice {
  bind: string;
  /** This one or none; 0 lets the system choose. Null: {@link preferredPort}, else the first free one of our range. */
  port: number | null;
  preferredPort: number | null;
}

/**
 * @returns the port
 * @throws GreeumError `not_loopback` or `no_free_port`
 */
export async function listenOnTcp(server: Server, { bind, port, preferredPort }: PortChoice): Promise<number> {
  const host = loopbackAddress(bind);
  const candidates = port === null ? automaticPorts(preferredPort) : [port];
  for (const candidate of candidates) {
    try {
      await listen(server, { host, port: candidate, exclusive: true });
    } catch (error) {
      if (isTaken(error)) continue;
      throw error;
    }
    return portOf(server);
  }
  throw port === null
    ? new GreeumError('no_free_port', `No port from ${FIRST_PORT} to ${LAST_PORT} is free on ${host}.`, {
        hint: 'Choose another one with greeum.http.port or --port, or turn HTTP off: the socket works without it.',
      })
    : new GreeumError('no_free_port', `Port ${port} on ${host} is taken or may not be used.`, {
        hint: 'Choose another port, or none for the first free one.',
      });
}

function automaticPorts(preferred: number | null): number[] {
  const range = Array.from({ length: LAST_PORT - FIRST_PORT + 1 }, (_, offset) => FIRST_PORT + offset);
  return preferred === null || preferred < 1 || preferred > 65_535
    ? range
    : [preferred, ...range.filter((port) => port !== preferred)];
}

/** The addresses that the guard of the `Host` header knows, too. */
function loopbackAddress(bind: string): string {
  const address = bind.trim().toLowerCase();
  if (address === '127.0.0.1' || address === 'localhost') return '127.0.0.1';
  if (address === '::1' || address === '[::1]') return '::1';
  throw new GreeumError('not_loopback', `Greeum listens on this machine only, not on ${bind}.`, {
    hint: 'From another machine, use an SSH tunnel: ssh -L 8820:127.0.0.1:8820 user@host.',
  });
}

function isTaken(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  // EACCES: below 1024, or in a range that Windows has reserved.
  return code === 'EADDRINUSE' || code === 'EACCES' || code === 'EPERM';
}

function portOf(server: Server): number {
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('A TCP server has an address and a port.');
  return address.port;
}

function listen(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (then: () => void): void => {
      server.off('error', onError);
      server.off('listening', onListening);
      then();
    };
    const onError = (error: Error): void => settle(() => reject(error));
    const onListening = (): void => settle(resolve);
    server.on('error', onError);
    server.on('listening', onListening);
    server.listen({ ...options, backlog: BACKLOG });
  });
}
