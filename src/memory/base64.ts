/** A call takes so many arguments at least. */
const CHUNK_BYTES = 8_192;

/** Base64 of the numbers as float32, little-endian, which is how vectors lie in the database. */
export function base64OfFloats(values: Float32Array): string {
  const view = new DataView(new ArrayBuffer(values.length * 4));
  for (let at = 0; at < values.length; at++) view.setFloat32(at * 4, values[at] ?? 0, true);
  const bytes = new Uint8Array(view.buffer);
  let binary = '';
  for (let from = 0; from < bytes.length; from += CHUNK_BYTES) {
    binary += String.fromCharCode(...bytes.subarray(from, from + CHUNK_BYTES));
  }
  return btoa(binary);
}
