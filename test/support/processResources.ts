import { readdirSync, readFileSync } from 'node:fs';

export interface Resources {
  readonly residentMiB: number;
  readonly descriptors: number;
}

/** What a process holds at this moment; null where the system does not say. */
export function resourcesOf(pid: number): Resources | null {
  if (process.platform !== 'linux') return null;
  const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return { residentMiB: Math.round(Number(kib) / 1024), descriptors: readdirSync(`/proc/${pid}/fd`).length };
}
