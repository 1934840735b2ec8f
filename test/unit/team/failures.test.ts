import assert from 'node:assert/strict';

import { GreeumError, type RetryAdvice } from '../../../src/protocol/errors.js';
import { failureOf } from '../../../src/team/failures.js';

const PLACE = 'db.example:5432/team (greeum)';
/** As drivers and servers quote what they were given. */
const QUOTED = 'Key (context)=(the vault code is 4711) of user ana, password hunter2';

function driverError(code: unknown): Error {
  return Object.assign(new Error(QUOTED), { code, detail: QUOTED, query: QUOTED, parameters: [QUOTED] });
}

/** That are over some time, so that a write may be tried again. */
const PASSING = [
  ...['40001', '40P01', '55P03', '57014', '57P01', '57P02', '57P03', '57P04', '25006', '25P03', '53300'],
  ...['CONNECTION_CLOSED', 'CONNECTION_ENDED', 'CONNECTION_DESTROYED', 'CONNECT_TIMEOUT'],
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT'],
  // A pooler in between, and an engine that cannot say how a commit ended.
  ...['08000', '08001', '08003', '08004', '08006', '08007', '08P01', '40003', '57P05', 'ECONNABORTED'],
];

const REFUSED: readonly [code: string, sentence: RegExp][] = [
  ['28P01', /does not take this user and password/],
  ['28000', /does not let this user in/],
  ['3D000', /has no database of this name/],
  ['42501', /does not allow this user to do that/],
  ['CERT_HAS_EXPIRED', /No safe connection .* \(CERT_HAS_EXPIRED\)/],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', /No safe connection/],
  ['SELF_SIGNED_CERT_IN_CHAIN', /No safe connection/],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /No safe connection/],
  ['ERR_TLS_CERT_ALTNAME_INVALID', /No safe connection/],
  ['ERR_SSL_WRONG_VERSION_NUMBER', /No safe connection/],
];

/** Of which somebody takes care. */
const SHORT: readonly [code: string, sentence: RegExp][] = [
  ['53100', /has no room on its disk/],
  ['53200', /has no memory left/],
];

describe('what the driver throws', () => {
  for (const code of PASSING) {
    it(`with ${code} is a database that cannot be reached, and may be tried again with the same key`, () => {
      const error = failureOf(driverError(code), PLACE);
      assert.deepEqual([error.code, error.outcome, error.retry], ['storage_unreachable', 'not_written', 'same-key']);
      assert.equal(error.message, `The database at ${PLACE} cannot be reached (${code}).`);
      assert.equal(failureOf(driverError(code), PLACE, 'unknown').outcome, 'unknown');
    });
  }

  function assertRefusal(code: string, sentence: RegExp, retry: RetryAdvice): void {
    const error = failureOf(driverError(code), PLACE);
    assert.deepEqual([error.code, error.outcome, error.retry], ['storage_refused', 'not_written', retry]);
    assert.match(error.message, sentence);
    assert.ok(error.message.includes(PLACE) && (error.hint ?? '').length > 10);
    assert.equal(failureOf(driverError(code), PLACE, 'unknown').outcome, 'unknown');
  }

  for (const [code, sentence] of REFUSED) {
    it(`with ${code} is a refusal that no repeating changes, with what to do`, () => {
      assertRefusal(code, sentence, 'never');
    });
  }

  for (const [code, sentence] of SHORT) {
    it(`with ${code} is a refusal that may be tried again with the same key, with what to do before`, () => {
      assertRefusal(code, sentence, 'same-key');
    });
  }

  for (const [what, thrown] of [
    ['a code nobody knows', driverError('XX000')],
    ['a code that is no text', driverError(4711)],
    ['a code that holds a memory', driverError('the vault code is 4711')],
    ['no code', new Error(QUOTED)],
    ['no error at all', QUOTED],
    ['nothing', undefined],
    ['null', null],
  ] as const) {
    it(`with ${what} is a failure inside, and may be asked about with its key when the end is not known`, () => {
      const error = failureOf(thrown, PLACE);
      assert.deepEqual([error.code, error.outcome, error.retry], ['internal', 'not_written', 'never']);
      const inDoubt = failureOf(thrown, PLACE, 'unknown');
      assert.deepEqual([inDoubt.code, inDoubt.outcome, inDoubt.retry], ['internal', 'unknown', 'same-key']);
    });
  }

  it('is never passed on: not its sentence, and not what it quotes', () => {
    for (const code of [
      ...PASSING,
      ...[...REFUSED, ...SHORT].map(([refused]) => refused),
      'XX000',
      '23505',
      QUOTED,
      4711,
      undefined,
    ]) {
      const { message, hint } = failureOf(driverError(code), PLACE);
      const told = `${message} ${hint ?? ''} ${JSON.stringify(failureOf(driverError(code), PLACE))}`;
      assert.doesNotMatch(told, /vault|4711|hunter2|\bana\b/, String(code));
    }
  });

  it('stays what it is when it is an error of ours', () => {
    const refusal = new GreeumError('storage_mismatch', 'no', { outcome: 'not_written' });
    assert.equal(failureOf(refusal, PLACE, 'unknown'), refusal);
  });
});
