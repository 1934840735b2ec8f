import assert from 'node:assert/strict';

import fc from 'fast-check';

import { readDamaged } from '../../../../src/storage/doctor/damagedFrames.js';
import { encodeFrame, type Frame } from '../../../../src/storage/frame.js';
import { check } from '../../property.js';

function frame(seq: number, text = 'some words'): Frame {
  return { seq, epoch: 1, at: 0, rows: [['put', 'greeum_state', ['key', text]]] };
}

const segment = Buffer.concat([1, 2, 3, 4].map((seq) => encodeFrame(frame(seq, `the ${seq}th memory, 기억`))));

function sequencesOf(bytes: Buffer): number[] {
  return readDamaged(bytes).frames.map(({ seq }) => seq);
}

describe('reading a journal behind damage', () => {
  it('finds every frame, whichever bit is flipped', () => {
    check(
      fc.property(fc.nat({ max: segment.length - 1 }), fc.nat({ max: 7 }), (index, bit) => {
        const damaged = Buffer.from(segment);
        damaged.writeUInt8((segment[index] ?? 0) ^ (1 << bit), index);
        const { frames, endsInGarbage } = readDamaged(damaged);
        assert.deepEqual(
          frames,
          [1, 2, 3, 4].map((seq) => frame(seq, `the ${seq}th memory, 기억`)),
        );
        assert.equal(endsInGarbage, false);
      }),
      300,
    );
  });

  it('counts what it mended, and nothing else', () => {
    assert.equal(readDamaged(segment).mended, 0);
    const damaged = Buffer.from(segment);
    damaged.writeUInt8((damaged[40] ?? 0) ^ 4, 40);
    assert.equal(readDamaged(damaged).mended, 1);
  });

  it('leaves out a frame of which more is gone, and goes on behind it', () => {
    const damaged = Buffer.from(segment);
    damaged.fill('x', 30, 60);
    assert.deepEqual(sequencesOf(damaged), [2, 3, 4]);
  });

  it('says when the last of it is no frame: something was written there', () => {
    const damaged = Buffer.from(segment);
    damaged.fill('x', damaged.length - 40, damaged.length - 1);
    const { frames, endsInGarbage } = readDamaged(damaged);
    assert.deepEqual([frames.length, endsInGarbage], [3, true]);
  });

  it('takes what looks like the beginning of a frame within a text for text', () => {
    const tricky = [1, 2, 3].map((seq) => encodeFrame(frame(seq, '01234567 {"seq":9,"epoch":1} 00000000 {"seq":')));
    const damaged = Buffer.concat(tricky);
    damaged.writeUInt8((damaged[60] ?? 0) ^ 1, 60);
    assert.deepEqual(sequencesOf(damaged), [1, 2, 3]);
  });

  it('makes no frame out of noise', () => {
    check(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (noise) => {
        assert.deepEqual(readDamaged(Buffer.from(noise)).frames, []);
      }),
      50,
    );
  });
});
