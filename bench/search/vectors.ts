/**
 * `npm run bench:vectors`: how long an exact search by meaning takes, by the number of vectors and their dimension. It is
 * done in a thread of its own, so that no write waits for it. The exit code is 1 when the budget of a search among
 * 100 000 memories is missed.
 */

import { toUnitLength } from '../../src/embedding/provider.js';
import { VectorTable } from '../../src/embedding/vectorTable.js';
import { summarize } from '../measure.js';
import { seededRandom } from '../texts.js';

const COUNTS = [10_000, 100_000];
/** Of small static models, of sentence transformers, and of what servers offer most. */
const DIMENSIONS = [256, 384, 768];
const QUERIES = 50;
const PUT_AT_ONCE = 1_000;
/** Milliseconds in the middle; a search by words may take the same again. */
const BUDGET_MS = 20;

function main(): void {
  const random = seededRandom(1);
  const vector = (dimension: number): Float32Array => {
    const drawn = Float32Array.from({ length: dimension }, () => random() - 0.5);
    return toUnitLength(drawn) ?? drawn;
  };
  for (const dimension of DIMENSIONS) {
    const table = new VectorTable(dimension);
    for (const count of COUNTS) {
      for (let from = table.count; from < count; from += PUT_AT_ONCE) {
        const rows = new Float32Array(PUT_AT_ONCE * dimension);
        for (let row = 0; row < PUT_AT_ONCE; row += 1) rows.set(vector(dimension), row * dimension);
        table.put(
          Array.from({ length: PUT_AT_ONCE }, (_, row) => from + row),
          rows,
        );
      }
      const times = Array.from({ length: QUERIES }, () => {
        const query = vector(dimension);
        const startMs = performance.now();
        table.compare(query);
        return performance.now() - startMs;
      });
      const { median, p95 } = summarize(times);
      const isMet = median <= BUDGET_MS;
      if (!isMet) process.exitCode = 1;
      console.log(
        `${count} vectors of ${dimension}: ${median.toFixed(1)} / ${p95.toFixed(1)} ms (p50 / p95), ` +
          `budget ${BUDGET_MS}: ${isMet ? 'met' : 'MISSED'}`,
      );
    }
  }
}

main();
