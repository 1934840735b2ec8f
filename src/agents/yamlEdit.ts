/** YAML whose servers are a list. The `yaml` package edits its document tree, which keeps comments and order. */

import { isMap, parseDocument, YAMLSeq } from 'yaml';
import { SERVER_NAME } from './agents.js';

/** What Continue itself begins with. */
export const empty = 'name: Local Assistant\nversion: 1.0.0\nschema: v1\n';

export function parse(text: string): unknown {
  return read(text).toJS();
}

export function edit(text: string, serversAt: readonly string[], entry: Record<string, unknown> | null): string {
  const document = read(text);
  const list: unknown = document.getIn(serversAt, true);
  const servers = list instanceof YAMLSeq ? list : new YAMLSeq();
  if (servers !== list) document.setIn(serversAt, servers);
  const index = servers.items.findIndex((item) => isMap(item) && item.get('name') === SERVER_NAME);
  if (entry === null) {
    if (index >= 0) servers.delete(index);
  } else {
    servers.set(index < 0 ? servers.items.length : index, document.createNode(entry));
  }
  return document.toString({ lineWidth: 0 });
}

export function find(servers: unknown): unknown {
  return Array.isArray(servers)
    ? servers.find((server) => (server as { name?: unknown } | null)?.name === SERVER_NAME)
    : undefined;
}

function read(text: string): ReturnType<typeof parseDocument> {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw error;
  return document;
}
