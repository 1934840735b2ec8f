import assert from 'node:assert/strict';
import { GreeumError } from '../../../src/protocol/errors.js';
import { errorModel } from '../../../src/extension/errorModel.js';
import { english } from '../../../src/extension/localizer.js';

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

  it('says that trying again is safe when the outcome is unknown, and offers it', () => {
    const error = new GreeumError('timeout', 'No answer in 30 s.', { outcome: 'unknown', retry: 'same-key' });
    const { message, buttons } = errorModel(error, true, english);
    assert.match(message, /cannot write it twice/);
    assert.deepEqual(buttons, ['tryAgain', 'showLog']);
  });

  it('offers no retry that the caller cannot make', () => {
    const error = new GreeumError('worker_unreachable', 'No worker.', { retry: 'after-reconnect' });
    assert.deepEqual(errorModel(error, false, english).buttons, ['startWorker', 'showLog']);
  });

  it('bothers nobody with a log about what they typed', () => {
    assert.deepEqual(errorModel(new GreeumError('empty_content', 'Empty.'), true, english).buttons, []);
  });
});
