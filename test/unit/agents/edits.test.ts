import assert from 'node:assert/strict';
import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import { AGENTS, type Agent, type ServerCommand } from '../../../src/agents/agents.js';
import { findServer, withoutServer, withServer } from '../../../src/agents/edits.js';

const command: ServerCommand = {
  command: '/opt/greeum "bin"/greeum',
  args: ['mcp', 'serve'],
  env: { GREEUM_DATA_DIR: '/home/ada/.greeum' },
};

function agent(id: string): Agent {
  const found = AGENTS.find((each) => each.id === id);
  assert.ok(found, id);
  return found;
}

describe('the configuration of every agent', () => {
  for (const each of AGENTS) {
    it(`gets our server, is read back, updated in place, and left without it again (${each.name})`, () => {
      const made = withServer(each, '', command);
      assert.deepEqual(findServer(each, made), each.entry(command));
      assert.equal(withServer(each, made, command), made);
      const other = { ...command, command: 'greeum' };
      const updated = withServer(each, made, other);
      assert.deepEqual(findServer(each, updated), each.entry(other));
      assert.equal(findServer(each, withoutServer(each, updated)), undefined);
    });

    it(`is left alone when it cannot be read (${each.name})`, () => {
      const broken = '{ "a": \n[nonsense = = \n - x: [';
      assert.throws(() => withServer(each, broken, command), { code: 'invalid_argument' });
    });
  }
});

describe('a JSON configuration', () => {
  const text = [
    '{',
    '\t// keep me',
    '\t"mcpServers": {',
    '\t\t"other": { "command": "x", }, /* and me */',
    '\t},',
    '\t"theme": "dark",',
    '}',
    '',
  ].join('\r\n');

  it('keeps comments, order, trailing commas, tabs and line ends', () => {
    const after = withServer(agent('cursor'), text, command);
    for (const kept of ['\t// keep me\r\n', '/* and me */', '\t"theme": "dark",\r\n}']) {
      assert.ok(after.includes(kept), after);
    }
    assert.ok(!/[^\r]\n/.test(after), 'a line ends as the others do');
    assert.match(after, /\t\t"greeum": \{\r\n\t\t\t"command"/);
  });

  it('is as before, but for commas, after our server is taken out', () => {
    const plain = '{\n  "mcpServers": {\n    "other": {\n      "command": "x"\n    }\n  }\n}\n';
    assert.equal(withoutServer(agent('cursor'), withServer(agent('cursor'), plain, command)), plain);
  });

  it('that stands on one line stays on it: nothing but our entry comes, and goes again', () => {
    const entry = '"greeum": {"command":"greeum","args":["mcp","serve"],"env":{}}';
    const short = { command: 'greeum', args: ['mcp', 'serve'], env: {} };
    const texts = {
      '{"mcpServers":{"a":{"command":"x", "args":[1, 2]}},"theme":"dark"}': `{"mcpServers":{"a":{"command":"x", "args":[1, 2]},${entry}},"theme":"dark"}`,
      '{\n  "mcpServers": { "a": { "command": "x" } },\n  "list": [1,2,\n 3]\n}\n': `{\n  "mcpServers": { "a": { "command": "x" },${entry} },\n  "list": [1,2,\n 3]\n}\n`,
      '{"a":1, /* mine */ "mcpServers": { "b": {}, } }\n': `{"a":1, /* mine */ "mcpServers": { "b": {},${entry}, } }\n`,
    };
    for (const [before, after] of Object.entries(texts)) {
      const made = withServer(agent('claude-desktop'), before, short);
      assert.equal(made, after);
      assert.equal(withoutServer(agent('claude-desktop'), made), before);
    }
    assert.equal(
      withServer(agent('claude-desktop'), '{"theme":"dark"}', short),
      `{"theme":"dark","mcpServers": {${entry.replace('": {', '":{')}}}`,
    );
    // What is on many lines around an empty object stays as well.
    const around = '{\n  "list": [1,2],\n  "mcpServers": {}\n}\n';
    const made = withServer(agent('claude-desktop'), around, short);
    assert.match(made, /^\{\n {2}"list": \[1,2\],\n {2}"mcpServers": \{\n {4}"greeum": \{\n/);
  });

  it('is refused when servers are no object', () => {
    assert.throws(() => withServer(agent('cursor'), '{"mcpServers": []}', command), { code: 'invalid_argument' });
    assert.throws(() => withServer(agent('cursor'), '[1]', command), { code: 'invalid_argument' });
  });
});

describe('a TOML configuration', () => {
  const text = `# mine
model = "o9" # best

[mcp_servers.other]
command = "x"

# about the profile
[profiles."a.b"]
approval = "never"
`;

  it('keeps comments and everything else, and puts our tables at the end', () => {
    const after = withServer(agent('codex'), text, command);
    assert.ok(after.startsWith(text));
    assert.match(after, /\n\n\[mcp_servers\.greeum\]\ncommand = /);
    assert.match(after, /\n\n\[mcp_servers\.greeum\.env\]\nGREEUM_DATA_DIR = "\/home\/ada\/\.greeum"\n$/);
    assert.equal(withoutServer(agent('codex'), after), text);
  });

  it('replaces our tables where they stand, between others and with their comments kept', () => {
    const [head = '', tail = ''] = text.split(/(?=# about)/);
    const middle = '[ mcp_servers . "greeum" ] # ours\ncommand = "old"\n[mcp_servers.greeum.env]\nA = "b"\n\n';
    const after = withServer(agent('codex'), head + middle + tail, command);
    assert.ok(after.startsWith(head) && after.endsWith(tail), after);
    assert.ok(!after.includes('old') && !after.includes('A = "b"'));
    assert.deepEqual(Object.keys((parseToml(after)['mcp_servers'] ?? {}) as object).sort(), ['greeum', 'other']);
  });

  it('is refused when our server is written in a way that is no table', () => {
    const inline = 'mcp_servers = { greeum = { command = "x" } }\n';
    assert.throws(() => withServer(agent('codex'), inline, command), { code: 'invalid_argument' });
    const quoted = 'text = """\n[mcp_servers.greeum]\n"""\n';
    assert.throws(() => withServer(agent('codex'), quoted, command), { code: 'invalid_argument' });
  });
});

describe('a YAML configuration', () => {
  it('keeps comments, and the other servers of the list', () => {
    const text = '# mine\nname: A\nmcpServers:\n  - name: other # this one\n    command: x\nmodels: []\n';
    const after = withServer(agent('continue'), text, command);
    assert.ok(after.includes('# mine\n') && after.includes('# this one') && after.includes('models: []'));
    const { mcpServers } = parseYaml(after) as { mcpServers: { name: string }[] };
    assert.deepEqual(
      mcpServers.map(({ name }) => name),
      ['other', 'greeum'],
    );
    assert.equal(withoutServer(agent('continue'), after), text);
  });
});
