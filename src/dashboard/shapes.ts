/**
 * Checks of what comes from the other side of a webview: a shape returns the value as its type, or throws. What is not
 * named by a shape does not get through it.
 */

export type Shape<T> = (value: unknown) => T;

/** What a shape lets through. */
export type Shaped<S> = S extends Shape<infer T> ? T : never;

/** The other side sent what this side does not know: it is of another version, or not who it says it is. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

export const finite: Shape<number> = (value) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong('a number', value);
  return value;
};

/** A block index, a count. */
export const natural: Shape<number> = (value) => {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw wrong('a whole number', value);
  return value;
};

export const text: Shape<string> = (value) => {
  if (typeof value !== 'string') throw wrong('a text', value);
  return value;
};

export function oneOf<const T extends string | number>(values: readonly T[]): Shape<T> {
  return (value) => {
    const found = values.find((candidate) => candidate === value);
    if (found === undefined) throw wrong(values.join(' or '), value);
    return found;
  };
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return (value) => (value === null ? null : shape(value));
}

export function listOf<T>(shape: Shape<T>): Shape<T[]> {
  return (value) => {
    if (!Array.isArray(value)) throw wrong('a list', value);
    return value.map((item: unknown) => shape(item));
  };
}

export function fields<S extends Record<string, Shape<unknown>>>(shapes: S): Shape<{ [K in keyof S]: Shaped<S[K]> }> {
  return (value) => {
    if (typeof value !== 'object' || value === null) throw wrong('an object', value);
    const given = value as Record<string, unknown>;
    const entries = Object.entries(shapes).map(([name, shape]) => [name, shape(given[name])]);
    return Object.fromEntries(entries) as { [K in keyof S]: Shaped<S[K]> };
  };
}

type Variants<M extends Record<string, Shape<object>>> = { [K in keyof M]: { type: K } & Shaped<M[K]> }[keyof M];

/** An object whose `type` says which of the shapes it has. */
export function variants<M extends Record<string, Shape<object>>>(shapes: M): Shape<Variants<M>> {
  return (value) => {
    const { type } = fields({ type: text })(value);
    const shape = Object.hasOwn(shapes, type) ? shapes[type] : undefined;
    if (shape === undefined) throw wrong(Object.keys(shapes).join(' or '), type);
    return { type, ...shape(value) } as Variants<M>;
  };
}

/** Says what kind of thing came, never what it holds: that may be a memory. */
function wrong(expected: string, value: unknown): ShapeError {
  return new ShapeError(`Expected ${expected}, got ${value === null ? 'null' : typeof value}.`);
}
