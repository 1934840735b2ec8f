/** Numbers that look random and come back with the same seed, so that a failure can be replayed. */

export interface Random {
  readonly seed: number;
  /** 0 or more, less than 1. */
  next(): number;
  /** A whole number from 0 to `end` - 1. */
  below(end: number): number;
}

/** mulberry32: 32 bits of state, good enough to choose test cases. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  return { seed, next, below: (end) => Math.floor(next() * end) };
}

/** `TEST_SEED`, else a fresh one. Print it, so that a failure can be run again. */
export function chooseSeed(): number {
  const given = Number(process.env['TEST_SEED']);
  return Number.isInteger(given) && given > 0 ? given : 1 + Math.floor(Math.random() * 0x7fff_fffe);
}
