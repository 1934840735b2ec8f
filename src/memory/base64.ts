/** Base64 of the numbers as float32, little-endian, which is how vectors lie in the database. */
export function base64OfFloats(values: Float32Array): string {
  const bytes = new DataView(new ArrayBuffer(values.length * 4));
  for (const [index, value] of values.entries()) bytes.setFloat32(index * 4, value, true);
  let binary = '';
  for (let offset = 0; offset < bytes.byteLength; offset++) binary += String.fromCharCode(bytes.getUint8(offset));
  return btoa(binary);
}
