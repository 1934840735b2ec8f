/** What the driver throws, as one of ours. Its own sentences are not passed on: nobody knows what they quote. */

import { GreeumError, isSerializedError, kindOf, type RetryAdvice, type WriteOutcome } from '../protocol/errors.js';

/** Of a try that may be repeated: the order of the writes was another one, or the server or the way to it is gone. */
const PASSING = new Set([
  '40001', // serialization failure
  '40003', // how the commit ended is not known to the server itself
  '40P01', // deadlock
  '55P03', // lock not available in time
  '57014', // statement cancelled by its time limit
  '57P01', // shutdown by the administrator
  '57P02', // shutdown after a crash
  '57P03', // starting up
  '57P04', // database dropped
  '57P05', // idle for too long
  '25006', // read-only: a standby, or about to be one
  '25P03', // idle in a transaction for too long
  '53300', // too many connections
  // connection exceptions, as poolers and some engines tell them
  '08000',
  '08001',
  '08003',
  '08004',
  '08006',
  '08007',
  '08P01',
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
]);

interface Refusal {
  readonly sentence: string;
  readonly hint: string;
  /** Default: repeating changes nothing. */
  readonly retry?: RetryAdvice;
}

const REFUSALS: Readonly<Record<string, Refusal>> = {
  '28P01': {
    sentence: 'does not take this user and password',
    hint: 'Check the user in the URL, and the password.',
  },
  '28000': {
    sentence: 'does not let this user in',
    hint: 'Its pg_hba.conf says who may come, from where, and whether with TLS only.',
  },
  '3D000': { sentence: 'has no database of this name', hint: 'Create it, or correct the URL.' },
  '42501': {
    sentence: 'does not allow this user to do that',
    hint: 'A member who may only read cannot write; see docs/team.md for the roles.',
  },
  '53100': {
    sentence: 'has no room on its disk',
    hint: 'Make room there, then try again. What was acknowledged is kept.',
    retry: 'same-key',
  },
  '53200': { sentence: 'has no memory left', hint: 'Try again later.', retry: 'same-key' },
};

/** A certificate that is not trusted, for another name, or expired, and a server that speaks no TLS. */
const TLS = /^(?:ERR_TLS_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_SSL_)/;

export function isPassing(error: unknown): boolean {
  return error instanceof GreeumError ? error.code === 'storage_unreachable' : PASSING.has(codeOf(error));
}

export function failureOf(error: unknown, place: string, outcome: WriteOutcome = 'not_written'): GreeumError {
  // What a plan throws is the class of another bundle.
  if (isSerializedError(error)) return GreeumError.from(error);
  const code = codeOf(error);
  const refusal = REFUSALS[code];
  if (refusal !== undefined) {
    const { sentence, ...advice } = refusal;
    return new GreeumError('storage_refused', `The database at ${place} ${sentence}.`, { outcome, ...advice });
  }
  if (TLS.test(code)) {
    return new GreeumError('storage_refused', `No safe connection to the database at ${place} (${code}).`, {
      outcome,
      hint: 'The server must have a certificate for its name that is trusted here; sslrootcert=FILE names whom to trust.',
    });
  }
  if (isPassing(error)) return unreachable(place, code, outcome);
  return new GreeumError('internal', `The database at ${place} failed (${kindOf(error)}).`, {
    outcome,
    retry: outcome === 'unknown' ? 'same-key' : 'never',
    cause: error,
  });
}

function unreachable(place: string, code: string, outcome: WriteOutcome): GreeumError {
  return new GreeumError('storage_unreachable', `The database at ${place} cannot be reached (${code}).`, {
    outcome,
    retry: 'same-key',
    hint: 'Searching and reading go on from what this machine has. Write again when the database is back.',
  });
}

function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : '';
}
