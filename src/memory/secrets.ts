/**
 * What must not be kept: passages marked as private, always, and secrets, as the policy says. Runs when a command is
 * resolved, so before the queue, the journal and every index; what was left out is part of the answer.
 *
 * The patterns are the published formats of tokens and keys, each with a fixed beginning or frame, as the public lists
 * of secret scanners have them; what secretlint's recommended rules find must be found, and a test holds this to it.
 * Passwords in running prose have no form, and are not found. Every repetition is bounded, so that the time grows with
 * the text and no faster.
 */

import { GreeumError } from '../protocol/errors.js';
import type { JsonObject, JsonValue } from '../protocol/json.js';
import { describeLeftOut } from '../protocol/leftOut.js';
import type { LeftOut } from '../protocol/operations.js';
import type { SecretPolicy } from '../protocol/environment.js';

interface SecretKind {
  readonly kind: string;
  /** The whole match goes, or, where there is one, the group `secret` of it. */
  readonly pattern: RegExp;
}

const KINDS: readonly SecretKind[] = [
  {
    kind: 'private key',
    // Without its end the rest of the text goes: a key that was cut is still a key.
    pattern:
      /-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----|$(?![\s\S]))/g,
  },
  { kind: 'GitHub token', pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255})/g },
  { kind: 'GitLab token', pattern: /\bgl(?:pat|dt|rt|cbt|ptt|ft|soat|agent)-[\w-]{20,255}/g },
  { kind: 'AWS key', pattern: /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b/g },
  {
    kind: 'AWS key',
    pattern: /\baws.{0,20}(?:secret|key).{0,20}?["'\s:=]{1,5}(?<secret>[A-Za-z0-9/+=]{40})(?![A-Za-z0-9/+=])/gi,
  },
  { kind: 'Anthropic key', pattern: /\bsk-ant-[\w-]{20,255}/g },
  { kind: 'OpenAI key', pattern: /\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{20,255}/g },
  { kind: 'Google key', pattern: /\bAIza[\w-]{35}/g },
  { kind: 'Google token', pattern: /\bya29\.[\w-]{20,500}/g },
  { kind: 'Slack token', pattern: /\bxox[abeoprs]-[A-Za-z0-9-]{10,250}/g },
  { kind: 'Slack webhook', pattern: /\bhttps:\/\/hooks\.slack\.com\/(?:services|workflows)\/[\w/+-]{20,200}/g },
  { kind: 'Stripe key', pattern: /\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{10,200}/g },
  { kind: 'npm token', pattern: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { kind: 'PyPI token', pattern: /\bpypi-[\w-]{50,500}/g },
  { kind: 'Hugging Face token', pattern: /\bhf_[A-Za-z0-9]{30,100}\b/g },
  { kind: 'SendGrid key', pattern: /\bSG\.[\w-]{16,32}\.[\w-]{16,64}/g },
  { kind: 'Shopify token', pattern: /\bshp(?:at|ss|ca|pa)_[a-fA-F0-9]{32}\b/g },
  { kind: 'Linear key', pattern: /\blin_(?:api|oauth)_[A-Za-z0-9]{32,64}/g },
  { kind: 'DigitalOcean token', pattern: /\bdo[opr]_v1_[a-f0-9]{64}\b/g },
  { kind: '1Password token', pattern: /\bops_eyJ[\w-]{100,4000}/g },
  { kind: 'Groq key', pattern: /\bgsk_[A-Za-z0-9]{40,100}/g },
  { kind: 'JSON web token', pattern: /\beyJ[\w-]{10,4000}\.eyJ[\w-]{10,4000}\.[\w-]{10,1000}/g },
  { kind: 'password in a URL', pattern: /\b[a-z][a-z0-9+.-]{1,30}:\/\/[^\s:/@]{0,200}:(?<secret>[^\s/@]{1,200})@/gi },
  {
    kind: 'authorization header',
    pattern: /\bauthorization["']?\s{0,5}[:=]\s{0,5}["']?(?:bearer|basic|token)\s{1,5}(?<secret>[\w.~+/=-]{8,2000})/gi,
  },
  {
    kind: 'assigned secret',
    pattern:
      /\b(?:api[_-]?key|secret[_-]?key|client[_-]?secret|access[_-]?token|auth[_-]?token|passwo?r?d|passphrase)["']?\s{0,5}[:=]\s{0,5}["']?(?<secret>[^\s"',;]{8,200})/gi,
  },
];

/** Up to its end, or, where that is missing, to the end of the text: doubt falls on keeping it private. */
const PRIVATE = /<private>[\s\S]*?(?:<\/private>|$(?![\s\S]))/gi;
const PRIVATE_KIND = 'private passage';

export interface Storable<T> {
  readonly value: T;
  readonly leftOut: readonly LeftOut[];
}

interface Parts {
  readonly content: string;
  readonly tags: readonly string[];
  readonly metadata: JsonObject;
}

/**
 * The parts of a memory without what must not be kept.
 * @throws GreeumError `secret_found` under `refuse`, `empty_content` when nothing is left
 */
export function storable(parts: Parts, policy: SecretPolicy): Storable<Parts> {
  const counts = new Map<string, number>();
  const clean = (text: string): string => withoutSecrets(withoutPrivate(text, counts), policy, counts);
  const value = {
    content: clean(parts.content),
    // Two that were secrets may read alike now.
    tags: [...new Set(parts.tags.map(clean))],
    metadata: cleanObject(parts.metadata, clean),
  };
  const leftOut = [...counts].map(([kind, count]) => ({ kind, count }));
  if (counts.size > 0 && value.content.replace(/\[[^\]]*\]/g, '').trim() === '') throw nothingLeft(leftOut);
  const secrets = leftOut.filter(({ kind }) => kind !== PRIVATE_KIND);
  if (policy === 'refuse' && secrets.length > 0) throw refused(secrets);
  return { value, leftOut };
}

/**
 * For a name that nobody is told about when it is changed: it is refused instead, also under `redact`.
 * @throws GreeumError `secret_found`
 */
export function requireClean(what: string, text: string, policy: SecretPolicy): void {
  const counts = new Map<string, number>();
  withoutSecrets(withoutPrivate(text, counts), policy, counts);
  if (counts.size === 0) return;
  const found = describeLeftOut([...counts].map(([kind, count]) => ({ kind, count })));
  throw new GreeumError('secret_found', `${what} looks as if it held what is never kept: ${found}.`, {
    hint: 'Use a word that says what it is for.',
  });
}

/** A text of the metadata as it was left; null where there is none. */
export function textIn(metadata: JsonObject, name: string): string | null {
  const value = metadata[name];
  return typeof value === 'string' ? value : null;
}

function withoutPrivate(text: string, counts: Map<string, number>): string {
  return text.replace(PRIVATE, () => marked(PRIVATE_KIND, counts));
}

function withoutSecrets(text: string, policy: SecretPolicy, counts: Map<string, number>): string {
  if (policy === 'off') return text;
  return KINDS.reduce(
    (rest, { kind, pattern }) =>
      rest.replace(pattern, (match: string, ...more: unknown[]) => {
        const secret = (more.at(-1) as { secret?: string } | undefined)?.secret;
        // What an earlier kind has left here already.
        if (secret?.startsWith('[') === true) return match;
        const mark = marked(kind, counts);
        return secret === undefined ? mark : match.replace(secret, () => mark);
      }),
    text,
  );
}

function marked(kind: string, counts: Map<string, number>): string {
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return `[${kind} left out]`;
}

function cleanObject(object: JsonObject, clean: (text: string) => string): JsonObject {
  const cleaned = new Map<string, JsonValue>();
  for (const [name, value] of Object.entries(object)) {
    cleaned.set(unused(clean(name), cleaned), cleanValue(value, clean));
  }
  return Object.fromEntries(cleaned);
}

/** Two names that were secrets may read alike now, and neither value is to be lost. */
function unused(name: string, taken: ReadonlyMap<string, unknown>): string {
  if (!taken.has(name)) return name;
  for (let count = 2; ; count += 1) if (!taken.has(`${name} ${count}`)) return `${name} ${count}`;
}

function cleanValue(value: JsonValue, clean: (text: string) => string): JsonValue {
  if (typeof value === 'string') return clean(value);
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => cleanValue(item, clean));
  return typeof value === 'object' && value !== null ? cleanObject(value as JsonObject, clean) : value;
}

/** The sentences name kinds and never what was found. */
function refused(secrets: readonly LeftOut[]): GreeumError {
  return new GreeumError('secret_found', `This looks as if it held a secret: ${describeLeftOut(secrets)}.`, {
    hint: 'Leave it out. Under the policy "redact" Greeum does that itself (greeum.secrets, GREEUM_SECRETS).',
  });
}

function nothingLeft(leftOut: readonly LeftOut[]): GreeumError {
  const what = describeLeftOut(leftOut);
  return new GreeumError('empty_content', `Nothing is left to remember without what is never kept: ${what}.`, {
    hint: 'Say what the secret is for, and not the secret.',
  });
}
