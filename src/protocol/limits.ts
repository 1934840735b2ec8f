/** Bounds that callers can meet. Sizes in bytes of UTF-8 unless the name says otherwise. */

export const MAX_CONTENT_BYTES = 1024 * 1024;
export const MAX_METADATA_BYTES = 64 * 1024;
/**
 * A request of our own clients, over the socket or a pipe: room for the largest content with every character escaped,
 * plus metadata.
 */
export const MAX_REQUEST_BYTES = 8 * 1024 * 1024;
/** A request over the port, where agents come in. No memory an agent writes comes near this. */
export const MAX_PORT_REQUEST_BYTES = 1024 * 1024;
/** Arrays and objects inside each other in a request. Metadata may have 16 of them, below four of a call. */
export const MAX_JSON_DEPTH = 64;
export const MAX_TAGS = 32;
export const MAX_TAG_CHARS = 100;
export const MAX_PROJECT_CHARS = 200;
export const MAX_QUERY_CHARS = 2_000;
/** A root is a uuid of 36 characters; other programs' may be longer. */
export const MAX_BRANCH_CHARS = 200;
export const MAX_KEY_CHARS = 200;
/** Name and version of an agent, as it is kept with its memories. */
export const MAX_CLIENT_CHARS = 100;
export const MAX_ASSOCIATION_CHANGES = 200;
/** Memories that one call imports. */
export const MAX_IMPORT_RECORDS = 200;
/** Links of one imported memory. */
export const MAX_IMPORT_LINKS = 1_000;
/** What an import comes from, and where in it a memory stands. */
export const MAX_ORIGIN_CHARS = 1_000;
export const MAX_SEARCH_RESULTS = 200;
/** A search has no next page from here on. */
export const MAX_PAGED_RESULTS = 1_000;
/** Room for one result without its text. */
export const MIN_MAX_TOKENS = 300;
export const MAX_LIST_RESULTS = 1_000;
export const MAX_GRAPH_NODES = 2_000;

/** An idempotency record is kept at least this long; promise 2 of the design. */
export const REQUEST_RETENTION_MS = 7 * 24 * 60 * 60 * 1000;
/**
 * And until so many newer ones are there, whatever the clock says: it may jump by years, and retries come soon. As
 * many as can wait in the write queue, so that no write in flight loses its record to the others.
 */
export const MIN_REQUESTS_KEPT = 10_000;

/** What waits in the write queue at most; past it a caller gets `overloaded`. */
export const MAX_QUEUE_COMMANDS = 10_000;
export const MAX_QUEUE_BYTES = 64 * 1024 * 1024;
/** The same for one caller, so that a flood of one leaves room for others. */
export const MAX_CALLER_COMMANDS = 2_500;
export const MAX_CALLER_BYTES = 16 * 1024 * 1024;

export const FIRST_PORT = 8820;
export const LAST_PORT = 8840;

/** Version of our own tables and of the journal; a directory with a larger one is refused. */
export const FORMAT_VERSION = 1;
