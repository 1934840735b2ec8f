/**
 * Keeps web pages out. A page can make a browser call any address of this machine: under a name of its own that it
 * rebinds to 127.0.0.1 (then `Host` is not ours), or straight (then `Origin` is not ours). The same rule holds on the
 * socket, which no browser reaches, but which people forward to a port over SSH.
 */

import type { IncomingHttpHeaders } from 'node:http';

/** Any port: behind a tunnel it is not the one we listen on. VS Code and curl say `localhost` on a socket. */
const LOCAL_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;
const LOCAL_ORIGIN = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;

/** Why the request is refused with 403, or null. Programs that are not browsers send no `Origin`. */
export function foreignReason({ host, origin }: IncomingHttpHeaders): string | null {
  if (host === undefined || !LOCAL_HOST.test(host)) {
    return 'The Host header must name this machine: localhost or 127.0.0.1.';
  }
  if (origin !== undefined && !LOCAL_ORIGIN.test(origin)) {
    return 'Requests from web pages of other origins are refused.';
  }
  return null;
}
