import assert from 'node:assert/strict';

import { inMemory, readIndex, writeIndex } from '../../../../src/storage/index/indexFile.js';
import { toTheEnd } from '../../../../src/storage/steps.js';

const SECTIONS = {
  whensMs: Float64Array.of(1_795_460_084_015, 0.5, -1),
  blocks: Uint32Array.of(0, 7, 9),
  parents: Int32Array.of(-1, 0, 1),
  projects: Int32Array.of(-1, -1, 2),
  lengths: Uint16Array.of(3, 4, 5),
  importances: Uint8Array.of(0, 128, 255),
  slots: Int8Array.of(-1, 0, 2),
  units: Uint16Array.of(97, 98),
  starts: Uint32Array.of(0, 1),
  sounds: Uint32Array.of(5, 6),
  counts: Uint32Array.of(1, 2),
  postings: Uint32Array.of(1, 2, 3),
};
const POSITION = { tokensVersion: 1, lastBlock: 9, lastHash: 'ab', contents: '1 0 0.5 4' };

describe('the index as bytes', () => {
  it('gives the same sections from a Buffer, wherever in its memory it lies', () => {
    const bytes = writeIndex(POSITION, SECTIONS);
    for (const offset of [0, 1, 8]) {
      const memory = Buffer.alloc(offset + bytes.length + 3, 0xff);
      memory.set(bytes, offset);
      const part = memory.subarray(offset, offset + bytes.length);
      assert.deepEqual(toTheEnd(readIndex(inMemory(part))), SECTIONS);
    }
  });

  it('gives none when a byte is another one, is missing, or is one too many', () => {
    const bytes = writeIndex(POSITION, SECTIONS);
    const read = (changed: Uint8Array): unknown => toTheEnd(readIndex(inMemory(changed)));
    for (const at of bytes.keys()) {
      const changed = bytes.slice();
      changed[at] = (changed[at] ?? 0) ^ 1;
      assert.equal(read(changed), null, `byte ${at}`);
      assert.equal(read(bytes.slice(0, at)), null, `the first ${at} bytes`);
    }
    assert.equal(read(Buffer.concat([bytes, Buffer.alloc(1)])), null);
  });

  it('is read a megabyte at a time, across sections larger than that', () => {
    const postings = Uint32Array.from({ length: 700_001 }, (_, at) => at * 7);
    const source = inMemory(writeIndex(POSITION, { ...SECTIONS, postings }));
    let largest = 0;
    const read = (into: Uint8Array, position: number): number => {
      largest = Math.max(largest, into.length);
      return source.read(into, position);
    };
    assert.deepEqual(toTheEnd(readIndex({ size: source.size, read }))?.postings, postings);
    assert.equal(largest, 1024 * 1024);
  });
});
