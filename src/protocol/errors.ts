/**
 * The one error type of the project. It crosses threads, sockets and processes as {@link SerializedError};
 * whoever receives it matches on `code`, never on the sentence.
 */

/** What became of the write that failed. Reads that fail are always `not_written`. */
export type WriteOutcome = 'not_written' | 'written' | 'unknown';

/** Ends the sentence of an error with the outcome `unknown`. */
export const IN_DOUBT = 'Whether this write was carried out is not known.';

/** What a caller may do: nothing, repeat with the same idempotency key, or repeat once a worker is reachable. */
export type RetryAdvice = 'never' | 'same-key' | 'after-reconnect';

export const ERROR_CODES = [
  // what the caller asked for
  'invalid_argument',
  'unknown_operation',
  'empty_content',
  'content_too_large',
  'invalid_text',
  'invalid_importance',
  'unknown_slot',
  'invalid_tags',
  'invalid_metadata',
  'invalid_date',
  'invalid_project',
  'unknown_project',
  'unknown_block',
  'self_association',
  'invalid_association',
  'empty_query',
  'invalid_limit',
  'invalid_detail',
  'invalid_idempotency_key',
  'idempotency_conflict',
  'secret_found',
  // the data directory and its files
  'data_dir_missing',
  'data_dir_unwritable',
  'data_dir_not_a_directory',
  'not_a_database',
  'newer_format',
  'database_in_use',
  'database_changed',
  'database_damaged',
  'hot_journal',
  'wal_damaged',
  'wal_unmerged',
  'journal_damaged',
  'journal_write_failed',
  'checkpoint_failed',
  'memory_full',
  'read_failed',
  // the database of a team
  'invalid_storage_url',
  'storage_unreachable',
  'storage_refused',
  'storage_mismatch',
  // what makes vectors
  'embedding_model_unreadable',
  'embedding_failed',
  // the worker and the way to it
  'degraded',
  'overloaded',
  'lock_busy',
  'worker_required',
  'worker_running',
  'worker_unreachable',
  'worker_stopping',
  'connection_lost',
  'timeout',
  'unauthorized',
  'not_loopback',
  'unsafe_permissions',
  'no_free_port',
  'socket_path_too_long',
  'request_too_large',
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

export interface SerializedError {
  code: ErrorCode;
  message: string;
  outcome: WriteOutcome;
  retry: RetryAdvice;
  /** A sentence that says what to do next. */
  hint?: string;
}

export interface GreeumErrorOptions {
  outcome?: WriteOutcome;
  retry?: RetryAdvice;
  hint?: string;
  cause?: unknown;
}

/** An error with a code, a sentence that helps and the outcome of the write. Default outcome: `not_written`. */
export class GreeumError extends Error {
  override readonly name = 'GreeumError';
  readonly code: ErrorCode;
  readonly outcome: WriteOutcome;
  readonly retry: RetryAdvice;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, options: GreeumErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.outcome = options.outcome ?? 'not_written';
    this.retry = options.retry ?? 'never';
    this.hint = options.hint;
  }

  toJSON(): SerializedError {
    return {
      code: this.code,
      message: this.message,
      outcome: this.outcome,
      retry: this.retry,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
    };
  }

  static fromJSON(error: SerializedError): GreeumError {
    return new GreeumError(error.code, error.message, {
      outcome: error.outcome,
      retry: error.retry,
      ...(error.hint === undefined ? {} : { hint: error.hint }),
    });
  }

  /** Keeps a GreeumError as it is; anything else becomes `internal`, whose sentence names no memory text. */
  static from(error: unknown, outcome: WriteOutcome = 'not_written'): GreeumError {
    if (error instanceof GreeumError) return error;
    // The class of another bundle: same fields, another constructor.
    if (isSerializedError(error)) return GreeumError.fromJSON(error);
    return new GreeumError('internal', `Greeum failed inside (${kindOf(error)}).`, {
      outcome,
      retry: outcome === 'unknown' ? 'same-key' : 'never',
      cause: error,
      hint: 'Please report this with the log of the Greeum output channel.',
    });
  }
}

/**
 * A foreign error by its class, its code if it has one (`ENOSPC`), and the place in our own code: enough to find the
 * defect. Never by its message: that of `JSON.parse`, for one, quotes the text it was given.
 */
export function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return 'something that is not an error was thrown';
  const { code } = error as { code?: unknown };
  const isName = typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,39}$/.test(code);
  return [/^\w{1,40}$/.test(error.name) ? error.name : 'Error', ...(isName ? [code] : []), ...placeOf(error)].join(' ');
}

/** `at writer.js:1:2345`: the file without its folder. */
function placeOf({ stack = '', message }: Error): string[] {
  // The stack begins with the message, which may look like anything.
  const frames = stack.slice(stack.indexOf(message) + message.length);
  const [, place] = /\n\s+at [^\n]*?([\w.-]+\.[cm]?[jt]s:\d+:\d+)\)?(?:\n|$)/.exec(frames) ?? [];
  return place === undefined ? [] : [`at ${place}`];
}

/** True for a value that crossed a wire and has the shape of {@link SerializedError}. */
export function isSerializedError(value: unknown): value is SerializedError {
  if (typeof value !== 'object' || value === null) return false;
  const { code, message, outcome } = value as Record<string, unknown>;
  return (
    typeof message === 'string' &&
    (ERROR_CODES as readonly unknown[]).includes(code) &&
    (outcome === 'not_written' || outcome === 'written' || outcome === 'unknown')
  );
}
