import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pythonFloat } from '../../../src/memory/pythonFloat.js';
import { check } from '../property.js';

describe('pythonFloat', () => {
  const cases: [value: number, printed: string][] = [
    [0, '0.0'],
    [-0, '-0.0'],
    [1, '1.0'],
    [0.5, '0.5'],
    [0.1 + 0.2, '0.30000000000000004'],
    [0.0001, '0.0001'],
    [0.00012345, '0.00012345'],
    [0.00001, '1e-05'],
    [0.000012345, '1.2345e-05'],
    [5e-324, '5e-324'],
    [123456, '123456.0'],
    [9999999999999998, '9999999999999998.0'],
    [1e16, '1e+16'],
    [123456789012345680, '1.2345678901234568e+17'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [-2.5, '-2.5'],
    [-0.000025, '-2.5e-05'],
  ];
  for (const [value, printed] of cases) {
    it(`prints ${printed} as Python does`, () => {
      assert.equal(pythonFloat(value), printed);
    });
  }

  it('reads back as the same number, with a point or an exponent where Python has one', () => {
    const numbers = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    );
    check(
      fc.property(numbers, (value) => {
        const printed = pythonFloat(value);
        assert.ok(Object.is(Number(printed), value));
        const size = Math.abs(value);
        const hasExponent = value !== 0 && (size >= 1e16 || size < 1e-4);
        assert.match(printed, hasExponent ? /^-?\d(\.\d+)?e[+-]\d{2,3}$/ : /^-?\d+\.\d+$/);
        // The shortest digits: JavaScript's own, wherever it puts the point.
        const digits = (text: string): string =>
          text
            .replace(/e.*/, '')
            .replace(/[-.]/g, '')
            .replace(/^0+|0+$/g, '');
        assert.equal(digits(printed), digits(String(value)));
      }),
      10_000,
    );
  });
});
