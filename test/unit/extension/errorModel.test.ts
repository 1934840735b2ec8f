import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ERROR_CODES, GreeumError, IN_DOUBT, type ErrorCode } from '../../../src/protocol/errors.js';
import { fill } from '../../../src/dashboard/numbers.js';
import { errorModel, hintOf } from '../../../src/extension/errorModel.js';
import { translatedSentence } from '../../../src/extension/errorWords.js';
import { english, type Localizer } from '../../../src/extension/localizer.js';

const bundle = JSON.parse(
  readFileSync(path.resolve(__dirname, '../../../l10n/bundle.l10n.ko.json'), 'utf8'),
) as Readonly<Record<string, string>>;
const korean: Localizer = { t: (message, ...args) => fill(bundle[message] ?? message, ...args) };

describe('errorModel', () => {
  it('says the sentence and what to do', () => {
    const error = new GreeumError('no_free_port', 'Every port is taken.', { hint: 'Free one.' });
    const { message, buttons } = errorModel(error, true, english);
    assert.equal(message, 'Every port is taken. Free one.');
    assert.deepEqual(buttons, ['openSettings', 'showLog']);
  });

  it('speaks of the setting where the command line speaks of its option', () => {
    const error = new GreeumError('data_dir_unwritable', 'It cannot be written.', { hint: 'Use --data-dir.' });
    const { message } = errorModel(error, true, english);
    assert.equal(message, 'It cannot be written. Choose another folder in the setting greeum.dataDir.');
  });

  it("opens the settings where the team's database is named wrongly or refuses us, and the log for the rest", () => {
    const buttonsFor = (code: ErrorCode): string[] => errorModel(new GreeumError(code, 'x'), false, english).buttons;
    assert.deepEqual(buttonsFor('invalid_storage_url'), ['openSettings', 'showLog']);
    assert.deepEqual(buttonsFor('storage_refused'), ['openSettings', 'showLog']);
    assert.deepEqual(buttonsFor('storage_unreachable'), ['showLog']);
    assert.deepEqual(buttonsFor('storage_mismatch'), ['showLog']);
    const hint = hintOf(new GreeumError('invalid_storage_url', 'x', { hint: 'GREEUM_STORAGE_PASSWORD' }), english);
    assert.match(hint ?? '', /setting greeum\.storage\.url/);
  });

  it('says that trying again is safe when the outcome is unknown, and offers it', () => {
    const error = new GreeumError('timeout', 'No answer in 30 s.', { outcome: 'unknown', retry: 'same-key' });
    const { message, buttons } = errorModel(error, true, english);
    assert.match(message, /cannot write it twice/);
    assert.deepEqual(buttons, ['tryAgain', 'showLog']);
  });

  it('says once that the outcome is unknown, and nothing of keys', () => {
    const hint = 'Repeat it with the idempotency key 1-2-3: it is then written once, whatever happened.';
    const options = { outcome: 'unknown', retry: 'same-key', hint } as const;
    const error = new GreeumError('journal_write_failed', `The journal is gone. ${IN_DOUBT}`, options);
    assert.equal(
      errorModel(error, true, english).message,
      'The journal is gone. It is not known whether it was written; trying again cannot write it twice.',
    );
  });

  it('offers no retry that the caller cannot make', () => {
    const error = new GreeumError('worker_unreachable', 'No worker.', { retry: 'after-reconnect' });
    assert.deepEqual(errorModel(error, false, english).buttons, ['startWorker', 'showLog']);
  });

  it('speaks the language of the editor, with the exact sentence behind it', () => {
    const error = new GreeumError('no_free_port', 'Port 7777 is taken.', { hint: 'Free it.' });
    assert.equal(errorModel(error, true, korean).message, '포트가 이미 쓰이고 있습니다. (Port 7777 is taken.)');
    assert.equal(errorModel(new GreeumError('unknown_block', 'No #7.'), true, korean).message, '그런 기억이 없습니다.');
    assert.equal(hintOf(error, korean), '포트가 이미 쓰이고 있습니다.');
  });

  it('has a sentence in every language for every code', () => {
    for (const code of ERROR_CODES) assert.match(translatedSentence({ code }, korean) ?? '', /[가-힣]/, code);
  });

  it('bothers nobody with a log about what they typed', () => {
    assert.deepEqual(errorModel(new GreeumError('empty_content', 'Empty.'), true, english).buttons, []);
  });
});
