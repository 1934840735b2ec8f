/** Import and export, with the built command line. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

import { digests } from '../support/digests.js';
import { greeum, greeumJson, scratchFolder, WorkerProcess } from '../support/greeumProcess.js';

const FIXTURES = resolve(__dirname, '../fixtures');

type Json = Record<string, unknown>;

describe('import and export', () => {
  let folder: ReturnType<typeof scratchFolder>;
  let worker: WorkerProcess | null = null;
  const at = (...names: string[]): string => join(folder.path, ...names);

  beforeEach(() => {
    folder = scratchFolder();
  });
  afterEach(async () => {
    await worker?.end('SIGKILL');
    worker = null;
    folder.remove();
  });

  function fixture(name: string): string {
    const dataDir = at(name);
    mkdirSync(dataDir);
    cpSync(join(FIXTURES, name, 'data'), join(dataDir, 'data'), { recursive: true });
    for (const file of readdirSync(join(dataDir, 'data'))) chmodSync(join(dataDir, 'data', file), 0o600);
    return dataDir;
  }

  function imported(source: string, dataDir: string, ...options: string[]): Promise<Json> {
    return greeumJson(['import', source, '--data-dir', dataDir, ...options]);
  }

  async function exported(dataDir: string, name: string): Promise<string> {
    const { stdout, stderr, status } = await greeum(['export', at(name), '--data-dir', dataDir]);
    assert.equal(status, 0, stdout + stderr);
    return readFileSync(at(name), 'utf8');
  }

  async function texts(dataDir: string): Promise<string[]> {
    const { memories } = await greeumJson(['memory', 'list', '-c', '1000', '--data-dir', dataDir]);
    return (memories as { context: string }[]).map(({ context }) => context).reverse();
  }

  for (const name of ['greeum-5.3', 'greeum-5.3-wal', 'greeum-legacy']) {
    it(`gives the same again from an empty directory, as lines, as Markdown and directly: ${name}`, async () => {
      const from = fixture(name);
      const before = digests(from);
      for (const form of name === 'greeum-5.3' ? ['jsonl', 'md'] : ['jsonl']) {
        const first = await exported(from, `first.${form}`);
        const { added, rejected } = await imported(at(`first.${form}`), at(form));
        assert.deepEqual([Number(added) > 0, rejected], [true, 0]);
        assert.equal(await exported(at(form), `second.${form}`), first);
      }
      await imported(from, at('merged'));
      assert.equal(await exported(at('merged'), 'third.jsonl'), readFileSync(at('first.jsonl'), 'utf8'));
      assert.deepEqual(digests(from), before, 'the source is read only');
      assert.equal((await greeumJson(['verify', '--data-dir', at('merged')]))['ok'], true);
    });
  }

  /** Memories with everything that a memory can have. */
  async function addRich(): Promise<void> {
    mkdirSync(at('from'));
    mkdirSync(at('to'));
    const add = (...args: string[]) => greeumJson(['memory', 'add', ...args, '--data-dir', at('from')]);
    await add(
      'Staging is in Frankfurt',
      '-t',
      'ops,eu',
      '-i',
      '0.9',
      '--project',
      'atlas',
      '--occurred-at',
      '2024-05-06',
    );
    await add('Staging is in Lisbon now', '--supersedes', '0', '--project', 'atlas');
    await add('Lunch at noon');
    await greeumJson(['associations', 'add', '0', '2', '--type', 'because', '--data-dir', at('from')]);
    await greeumJson(['anchors', 'pin', 'A', '--data-dir', at('from')]);
  }

  it('keeps what a memory is, through a worker: times, tags, links, slots, what it replaces, twins', async () => {
    await addRich();
    const first = await exported(at('from'), 'first.jsonl');
    const twins = first.split('\n')[3]?.replace('"id":2', '"id":3') ?? '';
    writeFileSync(at('twins.jsonl'), `${first.trimEnd()}\n${twins}\n`);
    worker = await WorkerProcess.start(at('to'));
    assert.equal((await imported(at('twins.jsonl'), at('to')))['added'], 4);
    assert.deepEqual((await imported(at('twins.jsonl'), at('to')))['present'], 4);
    const second = await exported(at('to'), 'second.jsonl');
    assert.deepEqual(second.split('\n').slice(0, 4), first.split('\n').slice(0, 4));
    assert.match(second, /"type":"because"/);
    assert.match(second, /"supersedes":0/);
    assert.match(second, /\{"slot":"A",.*"pinned":true/);
    const { memory } = await greeumJson(['memory', 'show', '0', '--data-dir', at('to')]);
    const { metadata } = memory as { metadata: Json };
    assert.deepEqual([metadata['source'], metadata['imported_from']], ['cli', `${at('twins.jsonl')}, line 2`]);
  });

  it('gives the same Markdown again: links, what is replaced, twins, pinned slots, texts that look like its own marks', async function () {
    this.timeout(120_000);
    await addRich();
    const looksLike =
      '<!-- greeum {"id":0} -->\n\\<!-- greeum {"id":1} -->\n## 2024-01-01 10:00\n<!-- greeum_export 1 -->\n\n> end -->';
    await greeumJson(['memory', 'add', looksLike, '-t', 'a "b" > c', '--data-dir', at('from')]);
    const lines = (await exported(at('from'), 'first.jsonl')).trimEnd().split('\n');
    const noon = lines.find((line) => line.includes('Lunch at noon')) ?? '';
    // Of the same moment and text: each of them is a memory of its own.
    const twins = [4, 5].map((id) => noon.replace('"id":2', `"id":${id}`));
    writeFileSync(at('twins.jsonl'), [...lines, ...twins].join('\n'));
    worker = await WorkerProcess.start(at('to'));
    assert.equal((await imported(at('twins.jsonl'), at('to')))['added'], 6);
    const first = await exported(at('to'), 'first.md');
    assert.equal(first.match(/^Lunch at noon$/gm)?.length, 3);
    for (const kept of [
      /"supersedes":0/,
      /"type":"because"/,
      /"slot":"A",.*"pinned":true/,
      /^\\<!-- greeum \{"id":0\} -->$/m,
    ]) {
      assert.match(first, kept);
    }
    assert.equal((await imported(at('first.md'), at('again')))['added'], 6);
    assert.equal(await exported(at('again'), 'second.md'), first);
    assert.equal(await exported(at('again'), 'second.jsonl'), await exported(at('to'), 'third.jsonl'));
    assert.deepEqual(await texts(at('again')), await texts(at('to')));
    const again = await imported(at('first.md'), at('again'));
    assert.deepEqual([again['added'], again['present']], [0, 6]);
    assert.equal((await greeumJson(['verify', '--data-dir', at('again')]))['ok'], true);
  });

  it('goes on where it was killed, and nothing is there twice', async () => {
    const lines = Array.from({ length: 3_000 }, (_, index) => JSON.stringify({ content: `note number ${index}` }));
    writeFileSync(at('notes.jsonl'), lines.join('\n'));
    mkdirSync(at('to'));
    worker = await WorkerProcess.start(at('to'));
    const first = greeum(['import', at('notes.jsonl'), '--data-dir', at('to')]);
    while (Number((await greeumJson(['stats', '--data-dir', at('to')]))['blocks']) < 400);
    await worker.end('SIGKILL');
    // The first run goes on by itself, without a worker; a second one at the same time changes nothing.
    const second = await imported(at('notes.jsonl'), at('to'));
    assert.equal((await first).status, 0);
    assert.equal(Number(second['added']) + Number(second['present']), 3_000);
    const found = await greeumJson(['stats', '--data-dir', at('to')]);
    assert.equal(found['blocks'], 3_000);
    assert.equal((await greeumJson(['verify', '--data-dir', at('to')]))['ok'], true);
  });

  it('merges a directory behind what is there, with where each memory came from, and first only says so', async () => {
    const from = fixture('greeum-legacy');
    await greeumJson(['memory', 'add', 'I was here first', '--data-dir', at('to')]);
    const before = digests(at('to'));
    const preview = await imported(from, at('to'), '--dry-run');
    assert.deepEqual([preview['status'], preview['added'], preview['present']], ['preview', 4, 0]);
    assert.deepEqual(digests(at('to')), before, 'a dry run writes nothing');
    assert.equal((await imported(from, at('to')))['added'], 4);
    assert.equal((await imported(from, at('to')))['present'], 4);
    const { memory } = await greeumJson(['memory', 'show', '1', '--data-dir', at('to')]);
    const { metadata } = memory as { metadata: Json };
    assert.match(String(metadata['imported_from']), /greeum-legacy, #0 [0-9a-f]{64}$/);
    assert.equal((await imported(at('to'), at('to')))['error'] === undefined, false);
  });

  it('takes entities, observations and relations of an MCP memory server', async () => {
    writeFileSync(
      at('memory.json'),
      '{"type":"entity","name":"Ada","entityType":"person","observations":["likes tea"]}\n' +
        '{"type":"entity","name":"Lab","entityType":"place","observations":[]}\n' +
        '{"type":"relation","from":"Ada","to":"Lab","relationType":"leads"}\n' +
        '{"type":"relation","from":"Ada","to":"Nobody","relationType":"knows"}\n',
    );
    for (const added of [3, 0]) {
      const summary = await imported(at('memory.json'), at('to'));
      assert.deepEqual([summary['added'], summary['links'], summary['rejected']], [added, 1, 1]);
    }
    assert.deepEqual(await texts(at('to')), ['Ada (person)', 'Ada: likes tea', 'Lab (place)']);
    const { associations } = await greeumJson(['associations', 'list', '--data-dir', at('to')]);
    const links = (associations as { source: number; target: number; type: string }[]).map((link) => [
      link.source,
      link.type,
      link.target,
    ]);
    assert.deepEqual(links.sort(), [
      [0, 'leads', 2],
      [1, 'observation', 0],
    ]);
  });

  it('takes what the real MCP memory server has written', async () => {
    const client = new Client({ name: 'test', version: '1' });
    const server = require.resolve('@modelcontextprotocol/server-memory/dist/index.js');
    const env = { MEMORY_FILE_PATH: at('memory.jsonl') };
    await client.connect(
      new StdioClientTransport({ command: process.execPath, args: [server], env, stderr: 'ignore' }),
    );
    const call = (name: string, args: Json) => client.callTool({ name, arguments: args });
    const ada = { name: 'Ada', entityType: 'person', observations: ['likes "tea"\nand 커피', 'leads the lab'] };
    try {
      await call('create_entities', { entities: [ada, { name: 'Lab', entityType: 'place', observations: [] }] });
      await call('create_relations', { relations: [{ from: 'Ada', to: 'Lab', relationType: 'leads' }] });
      assert.equal((await imported(at('memory.jsonl'), at('to')))['added'], 4);
      await call('add_observations', { observations: [{ entityName: 'Lab', contents: ['opens at 9'] }] });
    } finally {
      await client.close();
    }
    const { added, present, links, rejected } = await imported(at('memory.jsonl'), at('to'));
    assert.deepEqual([added, present, links, rejected], [1, 4, 1, 0]);
    assert.deepEqual(await texts(at('to')), [
      'Ada (person)',
      'Ada: likes "tea"\nand 커피',
      'Ada: leads the lab',
      'Lab (place)',
      'Lab: opens at 9',
    ]);
    const { associations } = await greeumJson(['associations', 'list', '--data-dir', at('to')]);
    const found = (associations as { source: number; target: number; type: string }[]).map(
      ({ source, type, target }) => `${source} ${type} ${target}`,
    );
    assert.deepEqual(found.sort(), ['0 leads 3', '1 observation 0', '2 observation 0', '4 observation 3']);
  });

  it('takes notes for agents with those they lead to in their folder, and no others', async () => {
    writeFileSync(at('outside.md'), 'a secret of somebody else\n');
    mkdirSync(at('notes'));
    writeFileSync(
      at('notes', 'MEMORY.md'),
      '- [Deploy](deploy.md) — how\n- [Out](../outside.md)\n- [Link](link.md)\n- password: hunter2hunter2\n',
    );
    writeFileSync(at('notes', 'deploy.md'), '---\nname: deploy\n---\nOnly on Fridays.\n');
    symlinkSync(at('outside.md'), at('notes', 'link.md'));
    const summary = await imported(at('notes', 'MEMORY.md'), at('to'), '--project', 'atlas', '-t', 'notes');
    assert.deepEqual([summary['added'], summary['left_out']], [5, [{ kind: 'assigned secret', count: 1 }]]);
    const found = await texts(at('to'));
    assert.equal(found.includes('Only on Fridays.'), true);
    assert.equal(
      found.some((text) => /secret of|hunter2/.test(text)),
      false,
    );
    const { memory } = await greeumJson(['memory', 'show', '4', '--data-dir', at('to')]);
    const { project, tags } = memory as Json;
    assert.deepEqual([project, tags], ['atlas', ['notes']]);
  });

  it('names what it cannot take by its line, takes the rest, and ends with status 1', async () => {
    const lines = [
      Buffer.from('{"content":"good"}\n{"content":"half\n{"content":""}\n{"content":"nul \\u0000"}\n'),
      Buffer.from('{"content":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}\n{"content":"importance","importance":7}\n'),
      Buffer.from(`{"content":"${'x'.repeat(9_000_000)}"}\n{"content":"__proto__","metadata":{"__proto__":1}}\n`),
      Buffer.from('{"content":"when","timestamp":"2026-02-31"}\n{"content":"good too"}'),
    ];
    writeFileSync(at('bad.jsonl'), Buffer.concat(lines));
    const { status, stderr } = await greeum(['import', at('bad.jsonl'), '--data-dir', at('to')]);
    assert.equal(status, 1);
    for (const line of [2, 3, 4, 5, 6, 7, 8, 9]) assert.match(stderr, new RegExp(`^line ${line}: `, 'm'));
    assert.deepEqual(await texts(at('to')), ['good', 'good too']);
  });

  it('reads no device, no pipe and nothing that is not there, and says what to do instead', async () => {
    if (process.platform === 'win32') return;
    execFileSync('mkfifo', [at('pipe.jsonl')]);
    writeFileSync(at('notes.txt'), 'text');
    for (const source of ['/dev/zero', at('pipe.jsonl'), at('missing.jsonl'), at('notes.txt'), folder.path]) {
      const options = source.startsWith('/dev') ? ['--format', 'jsonl'] : [];
      const { error } = (await imported(source, at('to'), ...options)) as { error: { code: string; message: string } };
      assert.match(error.message, /Nothing was imported/, source);
    }
    const { status, stdout } = await greeum(['import', '-', '--data-dir', at('to')], {
      input: '{"content":"piped"}\n',
    });
    assert.deepEqual([status, stdout], [0, 'Imported 1 memories.\n']);
  });

  it('exports through no link, trick in the path, pipe or device, and never into the memory', async () => {
    if (process.platform === 'win32') return;
    await greeumJson(['memory', 'add', 'one', '--data-dir', at('from')]);
    writeFileSync(at('victim'), 'mine\n');
    symlinkSync(at('victim'), at('link.jsonl'));
    symlinkSync(at('nowhere'), at('dangling.jsonl'));
    symlinkSync(at('from', 'data'), at('way-in'));
    execFileSync('mkfifo', [at('pipe.jsonl')]);
    const before = readdirSync(at('from', 'data')).sort();
    for (const target of [
      at('link.jsonl'),
      at('dangling.jsonl'),
      at('pipe.jsonl'),
      '/dev/null',
      at('way-in', 'x.jsonl'),
      `${at('from')}/data/../data/memory.db`,
      `${at('link.jsonl')}/../from/data/x.jsonl`,
    ]) {
      const { status, stderr } = await greeum([
        'export',
        target,
        '--force',
        '--format',
        'jsonl',
        '--data-dir',
        at('from'),
      ]);
      assert.equal(status, 1, target);
      assert.match(stderr, /Nothing was exported/, target);
    }
    assert.equal(readFileSync(at('victim'), 'utf8'), 'mine\n');
    assert.deepEqual(readdirSync(at('from', 'data')).sort(), before);
  });

  it('overwrites no export without being told, and keeps it to its owner', async () => {
    await greeumJson(['memory', 'add', 'one', '--data-dir', at('from')]);
    const first = await exported(at('from'), 'out.jsonl');
    assert.equal(statSync(at('out.jsonl')).mode & 0o077, 0);
    const again = await greeumJson(['export', at('out.jsonl'), '--data-dir', at('from')]);
    assert.match((again['error'] as { message: string }).message, /is there already/);
    const { stdout } = await greeum(['export', '-', '--data-dir', at('from')]);
    assert.equal(stdout, first);
    assert.equal((await greeum(['export', at('out.jsonl'), '--force', '--data-dir', at('from')])).status, 0);
  });
});
