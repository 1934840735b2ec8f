import assert from 'node:assert/strict';

import fc from 'fast-check';

import type { RowWrite } from '../../../src/protocol/change.js';
import { decodeFrame, encodeFrame, scanFrames, type Frame } from '../../../src/storage/frame.js';

const TEXT = 'Ada said:\n"the cache is cold" \u2028 메모리 🧠 \u0000 end';

function frame(seq: number, content = TEXT, batch?: number): Frame {
  const rows: RowWrite[] = [
    ['put', 'greeum_state', ['epoch', content]],
    ['append', 'blocks', seq, 'after', 'c0ffee'],
  ];
  return { seq, epoch: 3, at: 1_795_460_084_015, ...(batch === undefined ? {} : { batch }), rows };
}

function segment(...frames: readonly Frame[]): Buffer {
  return Buffer.concat(frames.map(encodeFrame));
}

function sequences(bytes: Buffer, firstSequence = 1): number[] {
  return scanFrames(bytes, firstSequence).frames.map((scanned) => scanned.frame.seq);
}

/** Each of the bytes' bits flipped once. */
function* flips(bytes: Buffer): Generator<{ flipped: Buffer; at: number }> {
  for (let at = 0; at < bytes.length; at += 1) {
    for (let bit = 0; bit < 8; bit += 1) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
      yield { flipped, at };
    }
  }
}

describe('a journal frame', () => {
  it('is one line of eight hex digits and compact JSON, as the documentation shows it', () => {
    const line = encodeFrame({ seq: 17, epoch: 3, at: 5, rows: [['delete', 'greeum_requests', 'k']] }).toString();
    assert.equal(line, '4b1e98b5 {"seq":17,"epoch":3,"at":5,"rows":[["delete","greeum_requests","k"]]}\n');
  });

  it('comes back from its line as it was, whatever its rows hold', () => {
    const value = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.integer(), fc.double());
    fc.assert(
      fc.property(fc.nat(), fc.nat(), fc.array(value), (seq, epoch, values) => {
        const finite = values.map((item) => (typeof item === 'number' && !Number.isFinite(item) ? null : item));
        // JSON knows no minus zero.
        const stored = finite.map((item) => (Object.is(item, -0) ? 0 : item));
        const given: Frame = { seq, epoch, at: 1, rows: [['insert', 'block_tags', stored]] };
        const line = encodeFrame(given);
        assert.equal(line.indexOf(0x0a), line.length - 1);
        assert.deepEqual(decodeFrame(line.subarray(0, -1)), given);
      }),
    );
  });

  it('is refused when any single bit of it is flipped', () => {
    const line = encodeFrame(frame(1)).subarray(0, -1);
    for (const { flipped, at } of flips(line)) assert.equal(decodeFrame(flipped), null, `byte ${at}`);
  });
});

describe('scanning a segment', () => {
  it('finds every frame and its end', () => {
    const bytes = segment(frame(1), frame(2), frame(3));
    const scan = scanFrames(bytes, 1);
    assert.deepEqual(sequences(bytes), [1, 2, 3]);
    assert.equal(scan.frames[1]?.endOffset, 2 * segment(frame(1)).length);
    assert.deepEqual([scan.goodBytes, scan.damaged], [bytes.length, false]);
  });

  it('takes a segment without bytes for one without frames', () => {
    assert.deepEqual(scanFrames(Buffer.alloc(0), 1), { frames: [], goodBytes: 0, damaged: false });
  });

  it('ends before a frame that is torn, at whatever byte', () => {
    const bytes = segment(frame(1), frame(2));
    const firstEnd = segment(frame(1)).length;
    for (let end = firstEnd; end < bytes.length; end += 1) {
      const scan = scanFrames(bytes.subarray(0, end), 1);
      assert.deepEqual([scan.frames.length, scan.goodBytes, scan.damaged], [1, firstEnd, false], `cut at ${end}`);
    }
  });

  it('calls any flipped bit damage, also in the last frame: only a missing end is a torn one', () => {
    const bytes = segment(frame(1), frame(2, 'a b'), frame(3));
    for (const { flipped, at } of flips(bytes)) {
      const scan = scanFrames(flipped, 1);
      assert.equal(scan.damaged, true, `byte ${at}`);
      assert.ok(scan.goodBytes <= at, `byte ${at} lies in what is called good`);
    }
  });

  it('calls a damaged frame with good ones behind it damage', () => {
    const bytes = segment(frame(1), frame(2), frame(3));
    bytes.fill(0x78, segment(frame(1)).length + 20, segment(frame(1)).length + 30);
    const scan = scanFrames(bytes, 1);
    assert.deepEqual([scan.frames.length, scan.damaged], [1, true]);
  });

  it('takes an end of zeros, as a file system leaves it behind a length that outran its data, for torn', () => {
    const good = segment(frame(1));
    const scan = scanFrames(Buffer.concat([good, Buffer.alloc(700)]), 1);
    assert.deepEqual([scan.frames.length, scan.goodBytes, scan.damaged], [1, good.length, false]);
  });

  it('takes a hole in the last batch for torn, although frames of that batch stand behind it', () => {
    const bytes = segment(frame(1), frame(2), frame(3, TEXT, 2), frame(4, TEXT, 2));
    const frameBytes = segment(frame(1)).length;
    bytes.fill(0, frameBytes, frameBytes + 40);
    const scan = scanFrames(bytes, 1);
    assert.deepEqual([scan.frames.length, scan.goodBytes, scan.damaged], [1, frameBytes, false]);
  });

  it('takes a hole at the beginning of a new segment for torn when all the rest is one batch', () => {
    const bytes = segment(frame(7), frame(8, TEXT, 7));
    bytes.fill(0, 0, 40);
    assert.deepEqual(scanFrames(bytes, 7), { frames: [], goodBytes: 0, damaged: false });
  });

  it('takes a hole of one byte, where a write begins or ends beside a sector boundary, for torn', () => {
    const bytes = segment(frame(1), frame(2), frame(3, TEXT, 2));
    const at = segment(frame(1)).length;
    assert.deepEqual(scanFrames(Buffer.from(bytes).fill(0, at, at + 1), 1).damaged, false);
    const scan = scanFrames(Buffer.from(bytes).fill(0, bytes.length - 1), 1);
    assert.deepEqual([scan.frames.length, scan.damaged], [2, false]);
  });

  it('calls a hole damage when a later batch stands behind it: what was there had been acknowledged', () => {
    const bytes = segment(frame(1), frame(2), frame(3, TEXT, 2), frame(4));
    const frameBytes = segment(frame(1)).length;
    for (const end of [40, frameBytes, 2 * frameBytes]) {
      const holed = Buffer.from(bytes).fill(0, frameBytes, frameBytes + end);
      assert.equal(scanFrames(holed, 1).damaged, true, `${end} bytes`);
    }
  });
});
