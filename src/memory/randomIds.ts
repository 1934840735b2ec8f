/** The choices of chance and time that a command needs, made outside the rules. */

/** Everything that may differ between two runs. */
export interface ResolvePorts {
  nowMs(): number;
  randomUuid(): string;
  /** That many lower-case hex digits. */
  randomHex(digits: number): string;
}

/** Digits of a node's or an association's id. */
const ID_DIGITS = 12;

/** All from one draw, which costs as much as one of them. */
export function randomIds(count: number, ports: ResolvePorts): string[] {
  const digits = ports.randomHex(count * ID_DIGITS);
  return Array.from({ length: count }, (_, index) => digits.slice(index * ID_DIGITS, (index + 1) * ID_DIGITS));
}
