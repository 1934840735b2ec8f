import assert from 'node:assert/strict';
import { join } from 'node:path';

import { readLocomo } from '../../../bench/search/locomo.js';
import { measure } from '../../../bench/search/metrics.js';
import { greeumSystem } from '../../../bench/search/systems.js';

const FILE = join(__dirname, '../../fixtures/locomo-layout.json');

describe('a dialogue in the layout of LoCoMo', () => {
  it('is one memory a turn, dated as its session, and its questions have evidence that exists', () => {
    const [dataset, ...others] = readLocomo(FILE);
    assert.deepEqual([others.length, dataset?.name, dataset?.memories.length], [0, 'talk-1', 18]);
    assert.deepEqual(dataset?.memories[4], {
      id: 'D1:5',
      at: '2023-05-08',
      text: 'Mina: Oh no. Look at my balcony instead! (image: a photo of tomato plants on a small balcony)',
    });
    // Without the one about what was never said, and the one about a turn that does not exist.
    assert.equal(dataset?.questions.length, 11);
    assert.deepEqual(dataset?.questions[7]?.answers, ['D2:6', 'D2:4']);
  });

  it('is searched like a memory', async () => {
    const [dataset] = readLocomo(FILE);
    assert.ok(dataset !== undefined);
    const system = await greeumSystem(dataset);
    const answered = dataset.questions.map((question) => {
      const { ids, topScore } = system.search(question.question, 10);
      return { question, found: ids, topScore, tookMs: 0 };
    });
    system.close();
    assert.ok(measure(answered).recall[10] >= 0.66, JSON.stringify(measure(answered)));
  });
});
