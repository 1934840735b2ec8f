import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { WorkerStatus } from '../../../../src/protocol/operations.js';
import { WatchStreams, type Clock } from '../../../../src/worker/endpoint/watch.js';
import { STATUS } from '../../mcp/fakeMemory.js';

/** A reader that takes lines until it is told to stop. */
class FakeResponse extends EventEmitter {
  readonly lines: number[] = [];
  writableNeedDrain = false;
  stalls = false;
  ended = false;

  writeHead(): this {
    return this;
  }

  write(line: string): boolean {
    assert.ok(line.endsWith('\n'));
    this.lines.push((JSON.parse(line) as WorkerStatus).blocks);
    this.writableNeedDrain = this.stalls;
    return !this.stalls;
  }

  end(): void {
    this.ended = true;
    this.emit('close');
  }

  drain(): void {
    this.stalls = false;
    this.writableNeedDrain = false;
    this.emit('drain');
  }
}

class FakeClock implements Clock {
  #nowMs = 1000;
  #due: { atMs: number; run: () => void } | undefined;

  readonly nowMs = (): number => this.#nowMs;

  readonly schedule = (delayMs: number, run: () => void): (() => void) => {
    assert.equal(this.#due, undefined, 'one timer is enough');
    this.#due = { atMs: this.#nowMs + delayMs, run };
    return () => (this.#due = undefined);
  };

  advance(ms: number): void {
    this.#nowMs += ms;
    const due = this.#due;
    if (due === undefined || due.atMs > this.#nowMs) return;
    this.#due = undefined;
    due.run();
  }

  get isIdle(): boolean {
    return this.#due === undefined;
  }
}

function rig(): { clock: FakeClock; streams: WatchStreams; change: () => void; open: () => FakeResponse } {
  const clock = new FakeClock();
  let blocks = 0;
  let listener: (() => void) | undefined;
  const streams = new WatchStreams(
    {
      status: () => ({ ...STATUS, blocks }),
      onStatus: (run) => {
        listener = run;
        return () => (listener = undefined);
      },
    },
    200,
    clock,
  );
  return {
    clock,
    streams,
    change: () => {
      blocks += 1;
      listener?.();
    },
    open: () => {
      const response = new FakeResponse();
      streams.add(response as unknown as ServerResponse);
      return response;
    },
  };
}

describe('a watch stream', () => {
  it('has its first line at once, and one at a change', () => {
    const { change, open } = rig();
    const reader = open();
    assert.deepEqual(reader.lines, [0]);
    change();
    assert.deepEqual(reader.lines, [0, 1]);
  });

  it('has at most one line in 200 ms, and the last change is not lost', () => {
    const { clock, change, open } = rig();
    const reader = open();
    for (let count = 0; count < 10; count += 1) {
      change();
      clock.advance(50);
    }
    assert.deepEqual(reader.lines, [0, 1, 4, 8]);
    clock.advance(200);
    assert.deepEqual(reader.lines, [0, 1, 4, 8, 10]);
    clock.advance(1000);
    assert.equal(reader.lines.length, 5);
  });

  it('skips a reader that does not read, and gives it the newest line when it does', () => {
    const { clock, change, open } = rig();
    const slow = open();
    const quick = open();
    slow.stalls = true;
    for (let count = 0; count < 5; count += 1) {
      change();
      clock.advance(200);
    }
    assert.deepEqual(slow.lines, [0, 1]);
    assert.deepEqual(quick.lines, [0, 1, 2, 3, 4, 5]);
    slow.drain();
    assert.deepEqual(slow.lines, [0, 1, 5]);
  });

  it('gives a reader that caught up nothing it has had', () => {
    const { change, open } = rig();
    const reader = open();
    reader.stalls = true;
    change();
    reader.drain();
    assert.deepEqual(reader.lines, [0, 1]);
  });

  it('forgets a reader that has gone, and keeps no timer for nobody', () => {
    const { clock, change, open } = rig();
    const reader = open();
    reader.emit('close');
    change();
    assert.deepEqual(reader.lines, [0]);
    assert.ok(clock.isIdle);
  });

  it('ends when the endpoint closes, and a late reader ends at once', () => {
    const { clock, streams, change, open } = rig();
    const reader = open();
    change();
    change();
    streams.close();
    streams.close();
    assert.ok(reader.ended);
    assert.ok(clock.isIdle);
    change();
    assert.deepEqual(reader.lines, [0, 1]);
    const late = open();
    assert.deepEqual([late.lines, late.ended], [[], true]);
  });
});
