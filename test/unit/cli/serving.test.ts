import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { IdleExit } from '../../../src/cli/idleExit.js';
import { LogFile } from '../../../src/cli/logFile.js';
import { commandName } from '../../../src/cli/serving.js';
import { describeServing, describeStatus } from '../../../src/cli/workerText.js';
import { FakeTiming, workerStatus } from '../client/fakes.js';
import { storageStatus, unavailableStorage } from '../extension/status.js';

describe('IdleExit', () => {
  function setUp() {
    const timing = new FakeTiming({ automatic: false });
    const made = { timing, fired: 0, idle: undefined as unknown as IdleExit };
    made.idle = new IdleExit(1_000, () => (made.fired += 1), timing);
    return made;
  }
  const status = (clients: number, accepted: number) => {
    const { queue, ...rest } = workerStatus({ clients });
    return { ...rest, queue: { ...queue, accepted } };
  };

  it('fires when nobody ever comes', () => {
    const made = setUp();
    made.timing.advance(1_000);
    assert.equal(made.fired, 1);
  });

  it('waits as long as somebody is connected, and counts anew when they leave', () => {
    const made = setUp();
    made.idle.see(status(1, 0));
    made.timing.advance(10_000);
    made.idle.see(status(0, 0));
    made.timing.advance(999);
    assert.equal(made.fired, 0);
    made.timing.advance(1);
    assert.equal(made.fired, 1);
  });

  it('counts anew at each write, and not at a status without one', () => {
    const made = setUp();
    made.timing.advance(600);
    made.idle.see(status(0, 1));
    made.timing.advance(600);
    made.idle.see(status(0, 1));
    assert.equal(made.fired, 0);
    made.timing.advance(400);
    assert.equal(made.fired, 1);
  });

  it('never fires after it was disposed of', () => {
    const made = setUp();
    made.idle.dispose();
    made.timing.advance(10_000);
    assert.equal(made.fired, 0);
  });
});

describe('LogFile', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'greeum-log-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is for this user alone, has a time on each line, and goes on where it ended', () => {
    const file = path.join(folder, 'worker.log');
    new LogFile(file).append('info', 'one');
    new LogFile(file).append('warn', 'two');
    assert.match(readFileSync(file, 'utf8'), /^\d{4}-[^ ]+Z info one\n\d{4}-[^ ]+Z warn two\n$/);
    if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('never takes more than two files of a mebibyte', () => {
    const file = path.join(folder, 'worker.log');
    const log = new LogFile(file);
    for (let count = 0; count < 40; count += 1) log.append('info', 'x'.repeat(100_000));
    assert.ok(statSync(file).size < 1_200_000 && statSync(`${file}.1`).size < 1_200_000);
  });

  it('that cannot be written is no failure', () => {
    new LogFile(path.join(folder, 'missing', 'worker.log')).append('info', 'x');
    new LogFile(path.join(__filename, 'worker.log')).append('info', 'x');
  });
});

describe('the words of a worker', () => {
  it('say where it listens, which file holds the token, and how to add the first memory', () => {
    const text = describeServing(workerStatus({ data_dir: '/memory' }), 'greeum', ' --data-dir /memory');
    assert.match(
      text,
      /http:\/\/127\.0\.0\.1:8820\/mcp \(the URL with its token is "endpoint" in .*worker_state\.json\)/,
    );
    assert.match(text, /Add the first memory:\n {2}greeum memory add ".*" --data-dir \/memory/);
  });

  it('say why it takes no writes', () => {
    const degraded = { code: 'journal_write_failed', reason: 'The disk is full.' };
    assert.match(describeStatus(workerStatus({ degraded })), /It takes no writes: The disk is full\./);
  });

  it('say how far the index and the vectors are, and why they wait', () => {
    const index = { state: 'building', indexed: 40, total: 90 } as const;
    const made = { model: 'tiny', dimension: 3, embedded: 7, total: 90, refused: 1 };
    const embedding = { ...made, state: 'waiting', problem: 'Nobody answers.' } as const;
    const text = describeStatus(workerStatus({ index, embedding }));
    assert.match(text, /index +40 of 90 memories/);
    assert.match(text, /vectors +7 of 90 memories by tiny, 1 refused by the model; waiting: Nobody answers\./);
    assert.match(describeStatus(workerStatus({})), /vectors +no model/);
  });

  it("say where a team's memory is, and why it is away", () => {
    const told = (storage = storageStatus()): string => describeStatus(workerStatus({ storage }));
    assert.match(told(), /\n {2}team +127\.0\.0\.1:5432\/team \(greeum\), connected, entry 1234, 3\.1 ms\n/);
    assert.match(told(unavailableStorage()), /team +127.*\(greeum\), unavailable: Nobody answers there\.\n/);
    assert.match(told(storageStatus({ state: 'connecting' })), /team +127.*\(greeum\), connecting\n/);
    const unwritten = { p50: 0, p95: 0, p99: 0, max: 0 };
    assert.match(told(storageStatus({ round_trip_ms: unwritten })), /, entry 1234\n/);
    assert.doesNotMatch(describeStatus(workerStatus({})), /team/);
  });

  it('name the command as the user calls it', () => {
    assert.equal(commandName('/usr/bin/greeum'), 'greeum');
    assert.equal(commandName(path.join(process.cwd(), 'dist', 'cli.js')), `node ${path.join('dist', 'cli.js')}`);
    assert.equal(commandName(undefined), 'greeum');
  });
});
