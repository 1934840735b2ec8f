/**
 * A name for one write that no other write on any machine gets: time, process, and 104 bits of chance (V8 seeds its
 * generator from the operating system's). It has to be unique, not secret; a uuid would do the same, but loading
 * `node:crypto` takes a process that adds one memory longer than the call itself.
 */
export function newIdempotencyKey(): string {
  return [Date.now(), process.pid, chance(), chance()].map((part) => part.toString(36)).join('-');
}

/** A whole number of 52 bits. */
function chance(): number {
  return Math.floor(Math.random() * 2 ** 52);
}
