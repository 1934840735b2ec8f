/**
 * Who may come in over TCP: whoever shows the token, in the path (`/<token>/mcp`, the capability URL), as
 * `Authorization: Bearer`, or as `X-API-Key`. On the socket the permissions of its file have decided already.
 */

import type { IncomingHttpHeaders } from 'node:http';
import { OWNER_PATH } from '../../protocol/jsonRpc.js';
import type { AccessToken } from './accessToken.js';

/**
 * How a caller proved itself. `path`: the very URL is the secret, which no other site can know. `none`: not at all, and
 * it asks for nothing but a proof of ours.
 */
export type Proof = 'socket' | 'path' | 'header' | 'none';

export interface Admission {
  proof: Proof;
  /** The path without token and query. */
  path: string;
}

/** A first segment that may be a token: 32 bytes in base64url. */
const TOKEN_PATH = /^\/([A-Za-z0-9_-]{43})(\/.*)$/;
const BEARER = /^Bearer +([^ ]+) *$/i;

export type Admit = (url: string, headers: IncomingHttpHeaders) => Admission | null;

/** Every request is welcome; a path is taken as it is. */
export const admitOnSocket: Admit = (url) => ({ proof: 'socket', path: withoutQuery(url) });

export function admitWithToken(token: AccessToken): Admit {
  return (url, headers) => {
    const path = withoutQuery(url);
    const [, shown, rest] = TOKEN_PATH.exec(path) ?? [];
    if (shown !== undefined && rest !== undefined) return token.matches(shown) ? { proof: 'path', path: rest } : null;
    if (path === OWNER_PATH) return { proof: 'none', path };
    const candidates = [BEARER.exec(headers.authorization ?? '')?.[1], headers['x-api-key']];
    return candidates.some((candidate) => typeof candidate === 'string' && token.matches(candidate))
      ? { proof: 'header', path }
      : null;
  };
}

function withoutQuery(url: string): string {
  const end = url.indexOf('?');
  return end < 0 ? url : url.slice(0, end);
}
