import assert from 'node:assert/strict';
import { AccessToken } from '../../../../src/worker/endpoint/accessToken.js';
import { admitOnSocket, admitWithToken } from '../../../../src/worker/endpoint/auth.js';

const TOKEN = 'Ab3-_'.repeat(8) + 'xyz';
const OTHER = 'Zb3-_'.repeat(8) + 'xyz';
const admit = admitWithToken(new AccessToken(TOKEN));

describe('the token', () => {
  it('opens by the path, and the rest of the path is what is asked for', () => {
    assert.deepEqual(admit(`/${TOKEN}/mcp`, {}), { proof: 'path', path: '/mcp' });
    assert.deepEqual(admit(`/${TOKEN}/healthz?now`, {}), { proof: 'path', path: '/healthz' });
  });

  it('opens as a bearer token and as an API key', () => {
    assert.deepEqual(admit('/mcp', { authorization: `Bearer ${TOKEN}` }), { proof: 'header', path: '/mcp' });
    assert.deepEqual(admit('/mcp?x=1', { authorization: `bearer  ${TOKEN} ` }), { proof: 'header', path: '/mcp' });
    assert.deepEqual(admit('/mcp', { 'x-api-key': TOKEN }), { proof: 'header', path: '/mcp' });
  });

  it('opens when one of two headers is right', () => {
    assert.ok(admit('/mcp', { authorization: `Bearer ${OTHER}`, 'x-api-key': TOKEN }));
  });

  for (const [what, url, headers] of [
    ['nothing', '/mcp', {}],
    ['an empty key', '/mcp', { 'x-api-key': '' }],
    ['another token in the path', `/${OTHER}/mcp`, {}],
    ['another token as bearer', '/mcp', { authorization: `Bearer ${OTHER}` }],
    ['another token as key', '/mcp', { 'x-api-key': OTHER }],
    ['the token in another case', `/${TOKEN.toUpperCase()}/mcp`, {}],
    ['the beginning of the token', '/mcp', { 'x-api-key': TOKEN.slice(0, -1) }],
    ['the token and more', '/mcp', { 'x-api-key': `${TOKEN}x` }],
    ['the token without its scheme', '/mcp', { authorization: TOKEN }],
    ['the token under another scheme', '/mcp', { authorization: `Basic ${TOKEN}` }],
    ['the token in the query', `/mcp?api_key=${TOKEN}`, {}],
    ['the token alone', `/${TOKEN}`, {}],
    ['a character that only looks the same', '/mcp', { 'x-api-key': TOKEN.replace('A', 'А') }],
    ['a wrong path with a right header', `/${OTHER}/mcp`, { 'x-api-key': TOKEN }],
  ] as const) {
    it(`does not open to ${what}`, () => assert.equal(admit(url, headers), null));
  }
});

describe('the socket', () => {
  it('needs no token, and takes the path as it is', () => {
    assert.deepEqual(admitOnSocket('/mcp?x', {}), { proof: 'socket', path: '/mcp' });
    assert.deepEqual(admitOnSocket(`/${TOKEN}/mcp`, {}), { proof: 'socket', path: `/${TOKEN}/mcp` });
  });
});
