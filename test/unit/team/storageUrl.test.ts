import assert from 'node:assert/strict';

import fc from 'fast-check';

import { GreeumError } from '../../../src/protocol/errors.js';
import { parseStorageUrl, placeOf } from '../../../src/team/storageUrl.js';
import { check } from '../property.js';

const PLAIN = 'postgres://ana@db.example/team';

function refusalOf(url: string): GreeumError {
  try {
    parseStorageUrl(url);
  } catch (error) {
    assert.ok(error instanceof GreeumError);
    return error;
  }
  throw new Error(`It was taken: ${url}`);
}

describe('a storage URL', () => {
  it('names host, user and database; the rest has safe defaults', () => {
    assert.deepEqual(parseStorageUrl(PLAIN), {
      hosts: [{ host: 'db.example', port: 5432 }],
      user: 'ana',
      password: null,
      database: 'team',
      schema: 'greeum',
      sslMode: 'verify-full',
      rootCertificate: null,
    });
  });

  it('may say everything', () => {
    const url =
      'postgresql://ana:top@db.example:6543/team?sslmode=disable&schema=notes_2&sslrootcert=%2Fetc%2Four%20root.crt';
    assert.deepEqual(parseStorageUrl(url), {
      hosts: [{ host: 'db.example', port: 6543 }],
      user: 'ana',
      password: 'top',
      database: 'team',
      schema: 'notes_2',
      sslMode: 'disable',
      rootCertificate: '/etc/our root.crt',
    });
  });

  it('may have spaces around it, as a pasted one does', () => {
    assert.deepEqual(parseStorageUrl(`  ${PLAIN}\n`), parseStorageUrl(PLAIN));
  });

  it('may name several hosts, each with its port or the usual one', () => {
    assert.deepEqual(parseStorageUrl('postgres://ana@one:1,two,10.0.0.3:65535/team').hosts, [
      { host: 'one', port: 1 },
      { host: 'two', port: 5432 },
      { host: '10.0.0.3', port: 65_535 },
    ]);
  });

  it('takes addresses of IPv6 in brackets', () => {
    assert.deepEqual(parseStorageUrl('postgres://ana@[::1]:6000,[2001:db8::A]/team').hosts, [
      { host: '::1', port: 6000 },
      { host: '2001:db8::A', port: 5432 },
    ]);
  });

  it('decodes user, password and database', () => {
    const { user, password, database } = parseStorageUrl('postgres://an%40a:a%2Fb%3Fc%23d%25@h/te%C3%A4m');
    assert.deepEqual([user, password, database], ['an@a', 'a/b?c#d%', 'teäm']);
  });

  it('brings any password through, when its signs are escaped', () => {
    check(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (given) => {
        const { password } = parseStorageUrl(`postgres://ana:${encodeURIComponent(given)}@h/team`);
        assert.equal(password, given);
      }),
    );
  });

  const REFUSED: readonly [what: string, url: string][] = [
    ['nothing', ''],
    ['another scheme', 'mysql://ana@h/team'],
    ['a web address', 'https://ana@h/team'],
    ['no scheme', 'ana@h/team'],
    ['no user', 'postgres://h/team'],
    ['an empty user', 'postgres://:top@h/team'],
    ['no host', 'postgres://ana@/team'],
    ['no database', 'postgres://ana@h'],
    ['an empty database', 'postgres://ana@h/'],
    ['a path', 'postgres://ana@h/team/more'],
    ['a fragment', `${PLAIN}#part`],
    ['a second @', 'postgres://ana:to@p@h/team'],
    ['a port that is no number', 'postgres://ana@h:one/team'],
    ['port 0', 'postgres://ana@h:0/team'],
    ['a port past the last', 'postgres://ana@h:65536/team'],
    ['an empty host among several', 'postgres://ana@one,,two/team'],
    ['IPv6 without brackets', 'postgres://ana@::1/team'],
    ['a bracket that stays open', 'postgres://ana@[::1/team'],
    ['a % that begins no escape', 'postgres://ana:50%@h/team'],
    ['an escape that is no text', 'postgres://ana:%ff@h/team'],
    ['a parameter that is not known', `${PLAIN}?target_session_attrs=any`],
    ['a password among the parameters', `${PLAIN}?password=top`],
    ['TLS that trusts whoever answers', `${PLAIN}?sslmode=require`],
    ['TLS that may be left out', `${PLAIN}?sslmode=prefer`],
    ['an empty schema', `${PLAIN}?schema=`],
    ['capitals in the schema', `${PLAIN}?schema=Notes`],
    ['a schema that begins with a digit', `${PLAIN}?schema=2nd`],
    ['a quote in the schema', `${PLAIN}?schema=a%22b`],
    ['a schema whose channel would be cut off', `${PLAIN}?schema=${'a'.repeat(53)}`],
  ];
  for (const [what, url] of REFUSED) {
    it(`with ${what} is refused, and how one looks is said`, () => {
      const error = refusalOf(url);
      assert.deepEqual([error.code, error.outcome, error.retry], ['invalid_storage_url', 'not_written', 'never']);
      assert.match(error.hint ?? '', /postgres:\/\/user@host:5432\/database/);
    });
  }

  it('may have a schema of 52 letters', () => {
    const schema = 'a'.repeat(52);
    assert.equal(parseStorageUrl(`${PLAIN}?schema=${schema}`).schema, schema);
  });

  it('is shown without user and password', () => {
    const target = parseStorageUrl('postgres://ana:top@one:1,[::1]/team?schema=notes');
    assert.equal(placeOf(target), 'one:1,::1:5432/team (notes)');
  });
});

describe('the refusal of a storage URL', () => {
  /** Long enough that no sentence holds it by accident, and of the signs that a URL gives a meaning. */
  const secret = fc
    .array(fc.constantFrom('q', 'x', 'Z', '7', '@', ':', '/', '?', '#', '&', '=', '%', '+', ' ', 'é', ','), {
      minLength: 8,
      maxLength: 30,
    })
    .map((signs) => signs.join(''))
    // Its pieces are looked for, so there must be one worth it.
    .filter((text) => piecesOf(text).length > 0);

  const place = fc.constantFrom<(password: string) => string>(
    (password) => `postgres://ana:${password}@db.example/team`,
    (password) => `postgres://ana@server:${password}@db.example/team`,
    (password) => `postgres://${password}@db.example/team`,
    (password) => `postgres://ana@db.example:${password}/team`,
    (password) => `postgres://ana@db.example/team?password=${password}`,
    (password) => `postgres://ana@db.example/team?${password}`,
    (password) => `postgres://ana@db.example/team?sslmode=${password}`,
    (password) => `postgres://ana@db.example/team?schema=${password}`,
    (password) => `ana:${password}@db.example/team`,
  );

  it('quotes nothing of a password, wherever and however it was written', () => {
    check(
      fc.property(secret, place, (password, urlWith) => {
        let error: unknown;
        try {
          parseStorageUrl(urlWith(password));
          return;
        } catch (thrown) {
          error = thrown;
        }
        assert.ok(error instanceof GreeumError);
        const told = `${error.message}\n${error.hint ?? ''}\n${JSON.stringify(error)}`;
        assert.ok(!told.includes(password), told);
        for (const piece of piecesOf(password)) assert.ok(!told.includes(piece), `${piece} in ${told}`);
        assert.equal(error.cause, undefined);
      }),
      2_000,
    );
  });

  /** What stands between the signs that a URL gives a meaning. */
  function piecesOf(text: string): string[] {
    return text.split(/[@:/?#&=%+ ,]/).filter((piece) => piece.length >= 3);
  }
});
