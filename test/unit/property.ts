import fc from 'fast-check';

/**
 * Checks a property; a failure prints the seed and the smallest counterexample. `TEST_SEED=<seed>` runs it again.
 */
export function check<T>(property: fc.IProperty<T>, numRuns = 200): void {
  const seed = Number(process.env['TEST_SEED']);
  fc.assert(property, Number.isInteger(seed) && seed !== 0 ? { numRuns, seed } : { numRuns });
}

/** Texts of many scripts, with what tends to break programs. */
export const anyText = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 80 }),
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc
    .array(
      fc.oneof(
        fc.constantFrom('getUserById', 'user_id', 'HTTPServer', 'v1.2.3', 'src/memory/decide.ts', '데이터베이스를'),
        fc.constantFrom(
          '東京都',
          'SQLite를',
          '오늘',
          'a',
          'İ',
          '\u0301',
          '\ufdfa',
          '😀',
          '한',
          '.',
          '_',
          '-',
          '/',
          '\\',
          ' ',
        ),
        fc.string({ unit: 'grapheme-ascii', maxLength: 6 }),
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join('')),
);
