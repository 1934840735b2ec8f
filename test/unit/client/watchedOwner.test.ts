import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { MemoryLocation } from '../../../src/client/dataDirectory.js';
import type { Candidate } from '../../../src/client/discovery.js';
import { describeEndpoint } from '../../../src/client/endpoint.js';
import type { WatchHandlers } from '../../../src/client/ownerWatch.js';
import { WatchedOwner } from '../../../src/client/watchedOwner.js';

/** A directory that names two sockets, and what comes of watching there. */
function setUp(folder: string, isOwner: (candidate: Candidate) => boolean | Promise<boolean>) {
  const discoveryFile = path.join(folder, 'worker_state.json');
  const location: MemoryLocation = { dataDir: folder, folder, socket: '/own.sock', discoveryFile };
  writeFileSync(discoveryFile, JSON.stringify({ socket: '/other.sock', pid: process.pid, epoch: 1 }));
  const heard: string[] = [];
  const watches: { at: string; handlers: WatchHandlers; isDisposed: boolean }[] = [];
  const watched = new WatchedOwner(
    location,
    {
      onConnected: () => heard.push('connected'),
      onStatus: () => heard.push('status'),
      onGone: (wasConnected) => heard.push(wasConnected ? 'gone' : 'nobody'),
    },
    {
      isOwner,
      watch(endpoint, handlers) {
        const watch = { at: describeEndpoint(endpoint), handlers, isDisposed: false };
        watches.push(watch);
        return { dispose: () => (watch.isDisposed = true) };
      },
    },
  );
  watched.start();
  return { watched, watches, heard, places: () => watches.map(({ at }) => at) };
}

describe('WatchedOwner', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'greeum-watched-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  it('goes on to the next address where nobody listens, and says when there is none left', () => {
    const { watched, watches, heard, places } = setUp(folder, () => true);
    assert.deepEqual(places(), ['/own.sock']);
    watches[0]?.handlers.onGone(false);
    assert.deepEqual([places(), heard], [['/own.sock', '/other.sock'], []]);
    assert.deepEqual(watched.endpoint, { kind: 'socket', path: '/other.sock' });
    watches[1]?.handlers.onGone(false);
    assert.deepEqual([heard, watched.endpoint], [['nobody'], null]);
  });

  it('does not look elsewhere once it was connected: then the owner has gone', () => {
    const { watches, heard, places } = setUp(folder, () => true);
    watches[0]?.handlers.onConnected();
    watches[0]?.handlers.onGone(true);
    assert.deepEqual([places(), heard], [['/own.sock'], ['connected', 'gone']]);
  });

  it('passes over an address that is not the owner’s own', () => {
    const { places } = setUp(folder, ({ origin }) => origin === 'discovery-file');
    assert.deepEqual(places(), ['/other.sock']);
    assert.deepEqual(setUp(folder, () => false).heard, ['nobody']);
  });

  it('waits for a proof that takes a while, and watches nowhere when it is over by then', async () => {
    const proof = Promise.resolve(true);
    const waited = setUp(folder, () => proof);
    const over = setUp(folder, () => proof);
    over.watched.dispose();
    assert.deepEqual([waited.places(), over.places()], [[], []]);
    await proof;
    assert.deepEqual([waited.places(), over.places()], [['/own.sock'], []]);
    waited.watched.dispose();
    assert.equal(waited.watches[0]?.isDisposed, true);
  });
});
