/**
 * What a cosine says. Models differ in the cosines that they give to texts that have nothing in common (0.1 here, 0.75
 * there), so a memory is as near to a question as it stands out from the others: measured in deviations above the
 * median, of the memories themselves.
 */

/** So far above the median stand two of a hundred that have nothing to do with it. */
const FIRST_DEVIATIONS = 2;
/** So far hardly ever one. */
const LAST_DEVIATIONS = 6;
/** Between the median and the tenth part of a normal distribution. */
const DEVIATIONS_TO_TENTH = 1.2816;
/** Of few memories, or of many that are the same, the deviation says nothing. */
const LEAST_DEVIATION = 0.02;
const SAMPLE = 1_000;

/** @returns for each cosine 0 (no nearer than any other) to 1 */
export function nearness(cosines: Float32Array): Float32Array {
  const { median, deviation } = spread(cosines);
  const [first, range] = [median + FIRST_DEVIATIONS * deviation, (LAST_DEVIATIONS - FIRST_DEVIATIONS) * deviation];
  return cosines.map((cosine) => Math.min(1, Math.max(0, (cosine - first) / range)));
}

/** Of a sample, taken at equal distances. From below the median only: above it is what the question is about. */
function spread(cosines: Float32Array): { median: number; deviation: number } {
  const step = Math.max(1, Math.floor(cosines.length / SAMPLE));
  const sample = Float32Array.from({ length: Math.ceil(cosines.length / step) }, (_, at) => cosines[at * step] ?? 0);
  sample.sort();
  const median = sample[(sample.length - 1) >> 1] ?? 0;
  const tenth = sample[Math.floor(sample.length / 10)] ?? median;
  return { median, deviation: Math.max(LEAST_DEVIATION, (median - tenth) / DEVIATIONS_TO_TENTH) };
}
