import assert from 'node:assert/strict';
import fc from 'fast-check';
import { COMMANDS, GLOBAL_OPTIONS, GROUPS } from '../../../src/cli/commands.js';
import { createProgram } from '../../../src/cli/fullParser.js';
import { parsePlain, type ParsedCommand } from '../../../src/cli/plainParser.js';

/** What the full parser makes of a command line; null where it refuses it. */
async function parseFully(argv: readonly string[]): Promise<ParsedCommand | null> {
  let parsed: ParsedCommand | null = null;
  const program = createProgram(
    (spec, options, given) => {
      parsed = { spec, options, given };
      return Promise.resolve();
    },
    () => undefined,
  );
  await program.parseAsync(argv, { from: 'user' }).catch(() => (parsed = null));
  return parsed;
}

function readPlainly(argv: readonly string[]): ParsedCommand | null {
  return parsePlain(argv, COMMANDS, GLOBAL_OPTIONS);
}

const flagWords = [...COMMANDS.flatMap(({ options }) => options), ...GLOBAL_OPTIONS].flatMap(({ flags }) =>
  flags.replace(/ <.+>/, '').split(', '),
);
const word = fc.oneof(
  fc.constantFrom(...flagWords),
  fc.constantFrom(
    '0',
    '7',
    '0.5',
    'A',
    'a,b',
    '-',
    '--',
    '-1',
    '-it',
    '--tags=a',
    'http',
    'stdio',
    '',
    ' ',
    '--help',
    'ü',
  ),
  fc.string({ maxLength: 4 }),
);

describe('the plain parser', () => {
  it('reads what it accepts exactly as the full parser does', async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...COMMANDS), fc.array(word, { maxLength: 6 }), async ({ name }, words) => {
        const argv = [...name.split(' '), ...words];
        const plain = readPlainly(argv);
        if (plain === null) return;
        accepted += 1;
        const full = await parseFully(argv);
        assert.deepEqual(plain.options, { ...full?.options });
        assert.deepEqual([plain.spec, plain.given], [full?.spec, full?.given]);
      }),
      { numRuns: 2_000 },
    );
    assert.ok(accepted > 100, `only ${accepted} command lines were accepted`);
  });

  it('takes the usual command lines, so that they are quick', () => {
    const usual = [
      ['memory', 'add', 'a text'],
      ['memory', 'add', '-', '--json', '-t', 'a,b', '-i', '0.7', '--slot', 'b', '--data-dir', '/x', '--use-worker'],
      ['memory', 'search', 'words', '-c', '3', '--json'],
      ['stats'],
      ['worker', 'status', '--json'],
    ];
    for (const argv of usual) assert.notEqual(readPlainly(argv), null, argv.join(' '));
  });

  it('leaves everything that it is not sure of to the full one', () => {
    const unusual = [
      [],
      ['memory'],
      ['memory', 'add'],
      ['memory', 'add', 'a', 'b'],
      ['memory', 'add', '--help'],
      ['memory', 'add', '--tags=a', 'x'],
      ['memory', 'add', '--', '-x'],
      ['memory', 'add', 'x', '-t'],
      ['memory', 'add', 'x', '-i', '-1'],
      ['memory', 'list', '-c', 'many'],
      ['--json', 'stats'],
      ['slots', 'status'],
      ['nonsense'],
    ];
    for (const argv of unusual) assert.equal(readPlainly(argv), null, argv.join(' '));
  });
});

describe('the commands', () => {
  it('belong to groups that exist, have names of their own, and options that both parsers can read', () => {
    const groups = new Set(GROUPS.map(({ name }) => name));
    assert.equal(new Set(COMMANDS.map(({ name }) => name)).size, COMMANDS.length);
    for (const { name, options } of COMMANDS) {
      const [group = '', ...rest] = name.split(' ');
      assert.ok(rest.length === 0 || groups.has(group), name);
      for (const { flags } of options) assert.match(flags, /^(?:-\w, )?--[\w-]+(?: <.+>)?$/);
    }
  });
});
