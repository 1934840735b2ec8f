import assert from 'node:assert/strict';
import { storable } from '../../../src/memory/secrets.js';

const word = (chars: string, length: number): string => chars.repeat(length).slice(0, length);

/** What secretlint's recommended rules find; put together here, so that no scanner takes them for real ones. */
const FOUND_BY_THE_REFEREE: readonly string[] = [
  `ghp_${word('aB3', 36)}`,
  `ghs_${word('aB3', 36)}`,
  `github_pat_${word('aB3', 22)}_${word('aB3', 59)}`,
  `sk-proj-${word('aB3', 74)}T3BlbkFJ${word('aB3', 74)}`,
  `xoxb-${word('123', 12)}-${word('456', 12)}-${word('aB3', 24)}`,
  `https://hooks.slack.com/services/T${word('AB3', 8)}/B${word('AB3', 8)}/${word('aB3', 24)}`,
  `//registry.npmjs.org/:_authToken=npm_${word('aB3', 36)}`,
  `-----BEGIN RSA PRIVATE KEY-----\n${word('aB3\n', 200)}\n-----END RSA PRIVATE KEY-----`,
  `SG.${word('aB3', 22)}.${word('aB3', 43)}`,
  `https://ada:hunter2x@example.com/`,
  `shpat_${word('a1b2', 32)}`,
  `lin_api_${word('aB3', 40)}`,
];

/** How many secrets a maintained list of rules sees in a text. */
type Referee = (text: string) => Promise<number>;

async function openReferee(): Promise<Referee> {
  const { lintSource } = await import('@secretlint/core');
  const { creator } = await import('@secretlint/secretlint-rule-preset-recommend');
  const rules = [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator }];
  return async (content) => {
    const source = { content, filePath: 'memory.txt', ext: '.txt', contentType: 'text' } as const;
    return (await lintSource({ source, options: { config: { rules } } })).messages.length;
  };
}

describe('a maintained list of secrets', () => {
  it('finds nothing in what is stored', async () => {
    const secretsIn = await openReferee();
    for (const secret of FOUND_BY_THE_REFEREE) {
      const text = `The deploy uses ${secret} since Friday`;
      assert.notEqual(await secretsIn(text), 0, `the list does not know ${secret.slice(0, 10)}`);
      const { value, leftOut } = storable({ content: text, tags: [], metadata: {} }, 'redact');
      assert.equal(await secretsIn(value.content), 0, secret.slice(0, 10));
      assert.equal(leftOut.length, 1);
    }
  });
});
