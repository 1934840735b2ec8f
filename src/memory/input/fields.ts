/** Reading an object of unknown shape field by field. */

import { GreeumError } from '../../protocol/errors.js';

/** An object's fields, none of them checked yet but their names. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * @param what the object in a sentence, such as `add_memory`
 * @param input undefined is an object without fields
 * @throws GreeumError `invalid_argument` for something else, and for a field that is not allowed
 */
export function readFields(what: string, input: unknown, allowed: readonly string[]): Fields {
  if (input === undefined) return {};
  if (!isPlainObject(input)) {
    throw new GreeumError('invalid_argument', `${what} takes a JSON object, not ${shown(input)}.`, {
      hint: allowedHint(allowed),
    });
  }
  for (const name of Object.keys(input)) {
    if (!allowed.includes(name)) {
      throw new GreeumError('invalid_argument', `${what} has no field ${shown(name)}.`, { hint: allowedHint(allowed) });
    }
  }
  return input;
}

function allowedHint(allowed: readonly string[]): string {
  return allowed.length === 0 ? 'It takes no fields.' : `Its fields: ${allowed.join(', ')}.`;
}

/** True for what JSON calls an object: no array, no class instance. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

const MAX_SHOWN_CHARS = 40;

/** A value as a sentence can quote it: short, and never the content of an object. */
export function shown(value: unknown): string {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > MAX_SHOWN_CHARS ? `${value.slice(0, MAX_SHOWN_CHARS)}…` : value);
  }
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'function' || typeof value === 'symbol' ? `a ${typeof value}` : String(value);
}

/** The type with those of its properties optional that may be undefined. */
export type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** The object without its undefined properties. */
export function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Defined<T>;
}
