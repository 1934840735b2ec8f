import { InvalidValue, type OptionSpec } from './commandSpec.js';
import type { CommonOptions } from './invocation.js';
import { wholeNumber } from './values.js';

const TRANSPORTS = ['http', 'stdio'] as const;
export type Transport = (typeof TRANSPORTS)[number];

export interface ServeOptions extends CommonOptions {
  transport?: Transport;
  port?: number;
  embeddingUrl?: string;
  embeddingModel?: string;
  embeddingFolder?: string;
  detach?: true;
  /** Minutes. */
  idleExit?: number;
}

/** What `worker serve` and `mcp serve` share. */
export const SERVE_OPTIONS: readonly OptionSpec[] = [
  {
    flags: '-t, --transport <http|stdio>',
    says: 'how agents reach it: over HTTP, or on stdin and stdout',
    read: transport,
  },
  { flags: '--port <number>', says: 'loopback port (default: the first free one from 8820 to 8840)', read: port },
  { flags: '--embedding-url <url>', says: 'server for vectors, OpenAI-compatible (key: GREEUM_EMBEDDING_KEY)' },
  { flags: '--embedding-model <name>', says: 'the embedding model of that server' },
  { flags: '--embedding-folder <path>', says: 'static model for vectors: tokenizer.json and model.safetensors' },
];

function transport(text: string): Transport {
  const found = TRANSPORTS.find((name) => name === text);
  if (found === undefined) throw new InvalidValue('It must be http or stdio.');
  return found;
}

function port(text: string): number {
  const value = wholeNumber(text);
  if (value < 1 || value > 65_535) throw new InvalidValue('A port is a number from 1 to 65535.');
  return value;
}

export function minutes(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !(value > 0)) throw new InvalidValue('It must be a number of minutes above 0.');
  return value;
}
