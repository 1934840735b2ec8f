import assert from 'node:assert/strict';
import fc from 'fast-check';
import { resolveCommand } from '../../../src/memory/resolveCommand.js';
import { storable } from '../../../src/memory/secrets.js';
import type { AddMemoryCommand } from '../../../src/protocol/commands.js';
import type { SecretPolicy } from '../../../src/protocol/environment.js';
import { GreeumError } from '../../../src/protocol/errors.js';
import { countingPorts } from '../../support/memory.js';

const clean = (content: string, policy: SecretPolicy = 'redact') => {
  const { value, leftOut } = storable({ content, tags: [], metadata: {} }, policy);
  return { content: value.content, leftOut };
};

// Put together here, so that no scanner of this repository takes them for real ones.
const word = (chars: string, length: number): string => chars.repeat(length).slice(0, length);
const SECRETS: readonly [kind: string, secret: string][] = [
  ['GitHub token', `ghp_${word('aB3', 36)}`],
  ['GitHub token', `github_pat_${word('aB3_', 60)}`],
  ['GitLab token', `glpat-${word('aB3', 20)}`],
  ['AWS key', `AKIA${word('ABC2', 16)}`],
  ['Anthropic key', `sk-ant-${word('aB3-', 40)}`],
  ['OpenAI key', `sk-proj-${word('aB3', 48)}`],
  ['Google key', `AIza${word('aB3', 35)}`],
  ['Slack token', `xoxb-${word('123-', 24)}a`],
  ['Stripe key', `sk_live_${word('aB3', 24)}`],
  ['npm token', `npm_${word('aB3', 36)}`],
  ['Hugging Face token', `hf_${word('aBc', 34)}`],
  ['JSON web token', `eyJ${word('aB3', 20)}.eyJ${word('aB3', 30)}.${word('aB3', 30)}`],
  ['private key', `-----BEGIN RSA PRIVATE KEY-----\n${word('aB3\n', 200)}\n-----END RSA PRIVATE KEY-----`],
  ['private key', `-----BEGIN OPENSSH PRIVATE KEY-----\n${word('aB3\n', 200)}`],
];

describe('a secret in a memory', () => {
  for (const [kind, secret] of SECRETS) {
    it(`is left out, and its kind is told: ${kind} ${secret.slice(0, 11)}…`, () => {
      const { content, leftOut } = clean(`The deploy uses ${secret}`);
      assert.equal(content, `The deploy uses [${kind} left out]`);
      assert.deepEqual(leftOut, [{ kind, count: 1 }]);
    });
  }

  it('is left out of a URL, a header and an assignment, and the rest stays', () => {
    assert.equal(
      clean('db at postgres://ada:hunter2secret@db.example:5432/shop').content,
      'db at postgres://ada:[password in a URL left out]@db.example:5432/shop',
    );
    assert.match(
      clean('curl -H "Authorization: Bearer abcdef123456"').content,
      /Bearer \[authorization header left out\]"/,
    );
    assert.equal(clean('API_KEY=correcthorsebattery').content, 'API_KEY=[assigned secret left out]');
  });

  it('is counted', () => {
    const [, secret = ''] = SECRETS[0] ?? [];
    assert.deepEqual(clean(`${secret} and ${secret}`).leftOut, [{ kind: 'GitHub token', count: 2 }]);
  });

  it('is left out of tags and metadata too', () => {
    const [, secret = ''] = SECRETS[0] ?? [];
    const parts = { content: 'a fact', tags: [secret], metadata: { a: [{ b: `x ${secret}` }], n: 1 } };
    const { value } = storable(parts, 'redact');
    assert.ok(!JSON.stringify(value).includes(secret));
    assert.equal(value.metadata['n'], 1);
  });

  it('is left out of the names in metadata, and no value is lost where two read alike then', () => {
    const [[, one = ''] = [], [, two = ''] = []] = [SECRETS[0], [SECRETS[0]?.[0] ?? '', `ghp_${word('xY9', 36)}`]];
    const { value, leftOut } = storable(
      { content: 'a fact', tags: [one, two], metadata: { [one]: 1, [two]: 2 } },
      'redact',
    );
    assert.deepEqual(value.metadata, { '[GitHub token left out]': 1, '[GitHub token left out] 2': 2 });
    assert.deepEqual([value.tags, leftOut], [['[GitHub token left out]'], [{ kind: 'GitHub token', count: 4 }]]);
  });

  it('is left out of the name of the project and of the agent, and is told', () => {
    const [, secret = ''] = SECRETS[0] ?? [];
    const from = { source: 'mcp', client: `agent ${secret}` } as const;
    const input = { content: 'a fact', project: secret };
    const command = resolveCommand('add_memory', input, countingPorts(), from) as AddMemoryCommand;
    assert.equal(command.project, '[GitHub token left out]');
    assert.ok(!JSON.stringify(command.metadata).includes(secret));
    assert.deepEqual(command.leftOut, [{ kind: 'GitHub token', count: 2 }]);
    for (const refused of [input, { content: 'a fact', metadata: { [secret]: 1 } }, { content: 'a', tags: [secret] }]) {
      assert.throws(() => resolveCommand('add_memory', refused, countingPorts(), { source: 'mcp' }, 'refuse'), {
        code: 'secret_found',
      });
    }
    const kept = resolveCommand('add_memory', input, countingPorts(), from, 'off') as AddMemoryCommand;
    assert.deepEqual([kept.project, kept.leftOut], [secret, []]);
  });

  it('is left out of an imported record’s project and of where it comes from', () => {
    const [, secret = ''] = SECRETS[0] ?? [];
    const records = [{ content: 'a fact', project: secret, place: `page ${secret}` }];
    const input = { records, origin: 'https://ada:hunter2secret@wiki.example' };
    const command = resolveCommand('import_memories', input, countingPorts(), { source: 'cli' });
    const text = JSON.stringify(command);
    assert.ok(!text.includes(secret) && !text.includes('hunter2secret'), text);
    assert.ok(text.includes('"leftOut":[{"kind":"GitHub token","count":2},{"kind":"password in a URL","count":1}]'));
  });

  it('in the type of a link is refused, except where nothing is looked for: the answer has no place to tell it', () => {
    const [, secret = ''] = SECRETS[0] ?? [];
    const add = [{ source: 1, target: 2, type: secret }];
    const link = (policy: SecretPolicy) =>
      resolveCommand('update_associations', { add }, countingPorts(), { source: 'mcp' }, policy);
    for (const policy of ['redact', 'refuse'] as const) assert.throws(() => link(policy), { code: 'secret_found' });
    assert.equal(link('off').kind, 'update_associations');
    const records = [
      { content: 'one', twin: 0 },
      { content: 'two', links: [{ to: { record: 0 }, type: secret }] },
    ];
    const command = resolveCommand('import_memories', { records, origin: 'x' }, countingPorts(), { source: 'cli' });
    assert.ok(!JSON.stringify(command).includes(secret));
  });

  it('makes the memory refused, or stays, where that is the policy; the error does not repeat it', () => {
    const [, secret = ''] = SECRETS[0] ?? [];
    assert.throws(
      () => clean(`The deploy uses ${secret}`, 'refuse'),
      (error: unknown) =>
        error instanceof GreeumError &&
        error.code === 'secret_found' &&
        /GitHub token \(1\)/.test(error.message) &&
        !JSON.stringify(error).includes(secret),
    );
    assert.deepEqual(clean(secret, 'off'), { content: secret, leftOut: [] });
  });

  it('never reaches the command, nor its words and keywords', () => {
    const [, secret = ''] = SECRETS[0] ?? [];
    const input = { content: `deploy ${secret}`, metadata: { key: secret }, idempotency_key: 'k' };
    const command = resolveCommand('add_memory', input, countingPorts(), { source: 'mcp' }) as AddMemoryCommand;
    assert.ok(
      !JSON.stringify({ ...command, words: [...command.words] })
        .toLowerCase()
        .includes(secret.slice(4, 20).toLowerCase()),
    );
    assert.deepEqual(command.leftOut, [{ kind: 'GitHub token', count: 2 }]);
  });
});

describe('a private passage', () => {
  it('is never stored, whatever the policy', () => {
    for (const policy of ['redact', 'refuse', 'off'] as const) {
      assert.deepEqual(clean('We met. <private>She is ill.</private> Ship on Friday.', policy), {
        content: 'We met. [private passage left out] Ship on Friday.',
        leftOut: [{ kind: 'private passage', count: 1 }],
      });
    }
  });

  it('without an end goes to the end of the text', () => {
    assert.equal(clean('a fact <PRIVATE>and\nmore').content, 'a fact [private passage left out]');
  });

  it('that is all there is leaves nothing to remember', () => {
    assert.throws(() => clean('<private>all of it</private>'), { code: 'empty_content' });
  });
});

describe('an ordinary text', () => {
  it('stays as it is', () => {
    for (const text of [
      'We chose sql.js; see https://example.com/a?b=c and ada@example.com.',
      'The password policy asks for 12 characters.',
      '비밀번호는 매달 바꾼다. The token bucket refills 100 a second.',
      'task-runner, risk-averse, desk-mounted-monitor-arm-for-the-office',
      'commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
      'Use <b>private</b> fields, [brackets] and 10:30@noon.',
    ]) {
      assert.deepEqual(clean(text), { content: text, leftOut: [] });
    }
  });

  it('of any kind takes no other path', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => text.trim() !== ''),
        (text) => void clean(`a fact ${text}`),
      ),
    );
  });

  it('of the largest size is looked through in bounded time, however it tries to prevent that', () => {
    for (const part of ['a', '<private', 'eyJ', 'a://', '-----BEGIN ', 'aws key', 'password=', 'sk-', 'A1_-']) {
      clean(`x ${part.repeat(Math.floor(1_000_000 / part.length))} `);
    }
  }).timeout(20_000);
});
