import assert from 'node:assert/strict';
import { SETTINGS } from '../../../src/extension/ids.js';
import { holdsPassword, settingProblems } from '../../../src/extension/settingProblems.js';

/** Of each setting: what makes no sense, and what does. */
const VALUES: Record<string, { nonsense: unknown[]; sense: unknown[] }> = {
  [SETTINGS.dataDir]: { nonsense: [7, true, ['/tmp'], {}, 'a\0b'], sense: ['', '/tmp/memory', '~/기억', 'C:\\memory'] },
  [SETTINGS.workerAutoStart]: { nonsense: ['yes', 'false', 1, []], sense: [true, false] },
  [SETTINGS.httpEnabled]: { nonsense: ['no', 0, {}], sense: [true, false] },
  [SETTINGS.httpPort]: { nonsense: ['8820', '', 0, -1, 65_536, 80.5, NaN, [8820]], sense: [1, 8820, 65_535, null] },
  [SETTINGS.scope]: { nonsense: ['', 'all', 42, ['project']], sense: ['project', 'everything'] },
  [SETTINGS.secrets]: { nonsense: ['', 'on', false, ['off']], sense: ['redact', 'refuse', 'off'] },
  [SETTINGS.mentions]: { nonsense: ['yes', 1], sense: [true, false] },
  [SETTINGS.embeddingUrl]: { nonsense: [11434, ['http://localhost']], sense: ['', 'http://localhost:11434/v1'] },
  [SETTINGS.embeddingModel]: { nonsense: [3, {}], sense: ['', 'nomic-embed-text'] },
  [SETTINGS.embeddingFolder]: { nonsense: [false, 'a\0b'], sense: ['', '/models/potion'] },
  [SETTINGS.storageWhenUnreachable]: { nonsense: ['', 'later', true], sense: ['refuse', 'queue'] },
  [SETTINGS.storageUrl]: {
    nonsense: [5432, ['postgres://a@b/c'], 'db.example', 'mysql://a@b/c', 'postgres:a@b/c', 'postgres://a@b/c\0'],
    sense: ['', ' ', 'postgres://ada@db.example:5432/team', 'postgresql://ada@db/team?schema=notes'],
  },
};

describe('settings that make no sense', () => {
  it('are looked for in every setting there is', () => {
    assert.deepEqual(Object.keys(VALUES).sort(), [...Object.values(SETTINGS)].sort());
  });

  for (const [setting, { nonsense, sense }] of Object.entries(VALUES)) {
    it(`are told from those that do (${setting})`, () => {
      const problemsOf = (value: unknown): string[] => settingProblems((id) => (id === setting ? value : undefined));
      for (const value of nonsense) assert.deepEqual(problemsOf(value), [setting], JSON.stringify(value));
      for (const value of [...sense, undefined]) assert.deepEqual(problemsOf(value), [], JSON.stringify(value));
    });
  }
});

describe('a password in the storage URL', () => {
  it('is told from a URL without one', () => {
    for (const url of ['postgres://ada:secret@db/team', ' postgresql://ada:s%40t@db:5432/team']) {
      assert.equal(holdsPassword(url), true, url);
    }
    for (const url of ['', 42, undefined, 'postgres://ada@db:5432/team', 'postgres://ada:@db/team', 'db:5432/a@b']) {
      assert.equal(holdsPassword(url), false, String(url));
    }
  });
});
