/** Who wrote a memory: what the connection says, never what the memory says of itself. */

import type { JsonObject } from '../protocol/json.js';
import type { WriteSource } from '../protocol/operations.js';

/** Which program writes, and through which client if that is known: kept in the memory's metadata. */
export interface Provenance {
  readonly source: WriteSource;
  /** Name and version as the client gives them, such as `claude-code 2.1`. */
  readonly client?: string | undefined;
}

/** The metadata with its author; an author that it claims to have is kept beside the true one, as a claim. */
export function signed(metadata: JsonObject, { source, client }: Provenance): JsonObject {
  const { source: saidSource, client: saidClient, ...rest } = metadata;
  return {
    ...rest,
    ...(saidSource === undefined ? {} : { original_source: saidSource }),
    ...(saidClient === undefined ? {} : { original_client: saidClient }),
    source,
    ...(client === undefined ? {} : { client }),
  };
}
