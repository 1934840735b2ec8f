/** From what a caller asked for to a command: checked, and with every choice of chance or time made. */

import type {
  AddMemoryCommand,
  AnchorUpdateCommand,
  Command,
  ImportMemoriesCommand,
  UpdateAssociationsCommand,
} from '../protocol/commands.js';
import type { SecretPolicy } from '../protocol/environment.js';
import type { JsonObject } from '../protocol/json.js';
import type { WriteOperation } from '../protocol/operations.js';
import { branchWords } from '../text/branchWords.js';
import { keywords } from '../text/keywords.js';
import { canonicalJson } from './canonicalJson.js';
import { MAX_LINKS_PER_ADD } from './linkRule.js';
import { signed, type Provenance } from './author.js';
import { parseInput } from './parseInput.js';
import { randomIds, type ResolvePorts } from './randomIds.js';
import { resolveRecord } from './resolveRecord.js';
import { requireClean, storable, textIn } from './secrets.js';
import { sha256 } from './sha256.js';
import { localTimestamp } from './timestamps.js';

/** @throws GreeumError of `parseInput`, `storable` and `requireClean` */
export function resolveCommand(
  operation: WriteOperation,
  input: unknown,
  ports: ResolvePorts,
  provenance: Provenance,
  policy: SecretPolicy = 'redact',
): Command {
  switch (operation) {
    case 'add_memory':
      return addMemory(input, ports, provenance, policy);
    case 'update_associations':
      return updateAssociations(input, ports, policy);
    case 'anchor_update':
      return anchorUpdate(input, ports);
    case 'import_memories':
      return importMemories(input, ports, provenance, policy);
  }
}

function addMemory(
  input: unknown,
  ports: ResolvePorts,
  provenance: Provenance,
  policy: SecretPolicy,
): AddMemoryCommand {
  const { allow_duplicate, supersedes, ...parsed } = parseInput('add_memory', input);
  const { importance, slot, project, occurred_at, idempotency_key, ...given } = parsed;
  const own: JsonObject = {
    ...signed(given.metadata ?? {}, provenance),
    ...(project === undefined ? {} : { project }),
    ...(occurred_at === undefined ? {} : { occurred_at }),
  };
  const { value, leftOut } = storable({ ...given, metadata: own }, policy);
  const { content, tags, metadata } = value;
  const atMs = ports.nowMs();
  const [nodeId = '', ...associationIds] = randomIds(1 + MAX_LINKS_PER_ADD, ports);
  return {
    kind: 'add_memory',
    atMs,
    ...identity('add_memory', input, idempotency_key),
    content,
    importance,
    tags,
    keywords: keywords(content),
    words: branchWords(content),
    slot: slot ?? null,
    project: textIn(metadata, 'project'),
    metadata,
    occurredAt: occurred_at ?? null,
    timestamp: localTimestamp(atMs),
    newRoot: ports.randomUuid(),
    nodeId: `node_${nodeId}`,
    associationIds: associationIds.map((id) => `assoc_${id}`),
    leftOut,
    allowDuplicate: allow_duplicate ?? false,
    supersedes: supersedes ?? null,
  };
}

function updateAssociations(input: unknown, ports: ResolvePorts, policy: SecretPolicy): UpdateAssociationsCommand {
  const { add, remove, idempotency_key } = parseInput('update_associations', input);
  for (const { type } of add) requireClean('The type of a link', type, policy);
  const atMs = ports.nowMs();
  const ids = randomIds(3 * add.length, ports);
  return {
    kind: 'update_associations',
    atMs,
    ...identity('update_associations', input, idempotency_key),
    add: add.map((link, index) => ({
      ...link,
      associationId: `assoc_${ids[3 * index] ?? ''}`,
      nodeIds: [`node_${ids[3 * index + 1] ?? ''}`, `node_${ids[3 * index + 2] ?? ''}`],
    })),
    remove,
    timestamp: localTimestamp(atMs),
  };
}

function anchorUpdate(input: unknown, ports: ResolvePorts): AnchorUpdateCommand {
  const { slot, block_index, pinned, idempotency_key } = parseInput('anchor_update', input);
  return {
    kind: 'anchor_update',
    atMs: ports.nowMs(),
    ...identity('anchor_update', input, idempotency_key),
    slot,
    blockIndex: block_index,
    pinned,
  };
}

function importMemories(
  input: unknown,
  ports: ResolvePorts,
  { source, client }: Provenance,
  policy: SecretPolicy,
): ImportMemoriesCommand {
  const { records, slots, origin, idempotency_key } = parseInput('import_memories', input);
  const atMs = ports.nowMs();
  const circumstances = { origin, source, client, policy, timestamp: localTimestamp(atMs) };
  return {
    kind: 'import_memories',
    atMs,
    ...identity('import_memories', input, idempotency_key),
    records: records.map((record, position) => resolveRecord(record, position, circumstances, ports)),
    slots,
  };
}

/** The hash is over the input as it came: what it is normalised to may depend on the version and the time zone. */
function identity(operation: WriteOperation, input: unknown, key: string | undefined) {
  if (key === undefined) return { idempotencyKey: null, payloadHash: '' };
  const payload = { ...(input as object), idempotency_key: undefined };
  return { idempotencyKey: key, payloadHash: sha256(canonicalJson([operation, payload])) };
}
