/** The newer era's way to subscribe: one request, `subscriptions/listen`, whose answer lasts as long as it does. */

export const LISTEN_METHOD = 'subscriptions/listen';

/** More of them in one request are not looked at. */
const MAX_URIS = 64;

/** The resources that a message asks to be told of; none for any other message. */
export function watchedUris(message: unknown): readonly string[] {
  const { method, params } = fields(message);
  if (method !== LISTEN_METHOD) return [];
  const { resourceSubscriptions: uris } = fields(fields(params)['notifications']);
  if (!Array.isArray(uris)) return [];
  return [...new Set(uris.filter((uri): uri is string => typeof uri === 'string'))].slice(0, MAX_URIS);
}

function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
