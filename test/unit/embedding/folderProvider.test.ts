import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { FolderProvider } from '../../../src/embedding/folderProvider.js';
import { GreeumError } from '../../../src/protocol/errors.js';
import { float32, safetensors, tokenizerJson, writeStaticModel } from '../../support/staticModel.js';

describe('a static model from a folder', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'greeum-model-'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  async function vectorOf(text: string): Promise<number[] | null> {
    const [vector = null] = await (await FolderProvider.open(folder)).embed([text]);
    return vector === null ? null : [...vector].map((value) => Math.round(value * 1e4) / 1e4);
  }

  const isUnreadable = (message: RegExp) => (error: unknown) =>
    error instanceof GreeumError && error.code === 'embedding_model_unreadable' && message.test(error.message);

  it('gives a text the mean of its words’ vectors, of length one', async () => {
    writeStaticModel(folder, { deploy: [3, 0], friday: [0, 4], '##s': [1, 0] });
    assert.deepEqual(await vectorOf('Deploy'), [1, 0]);
    assert.deepEqual(await vectorOf('deploy, Friday'), [0.6, 0.8]);
    assert.deepEqual(await vectorOf('deploys friday'), [0.7071, 0.7071]);
  });

  it('passes over words that it does not know, and has nothing to say about a text of such', async () => {
    writeStaticModel(folder, { deploy: [3, 0], friday: [0, 4] });
    assert.deepEqual(await vectorOf('deploy unheard-of'), [1, 0]);
    assert.equal(await vectorOf('unheard of'), null);
    assert.equal(await vectorOf(''), null);
  });

  it('weighs words, and finds the rows of tokens that share one', async () => {
    writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizerJson(['deploy', 'rollout', 'friday'])));
    const mapping = Buffer.from(BigInt64Array.from([0n, 1n, 1n, 0n]).buffer);
    const tensors = {
      embeddings: float32([2, 2], [0, 1, 1, 0]),
      weights: float32([4], [0, 3, 1, 4]),
      mapping: { dtype: 'I64', shape: [4], data: mapping } as const,
    };
    writeFileSync(join(folder, 'model.safetensors'), safetensors(tensors));
    assert.deepEqual(await vectorOf('rollout'), [1, 0]);
    assert.deepEqual(await vectorOf('deploy friday'), [0.6, 0.8]);
  });

  it('reads numbers of half the width', async () => {
    writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizerJson(['deploy'])));
    const data = Buffer.alloc(8);
    // Ones for what is unknown, then 1.5 and -2.
    for (const [at, bits] of [0x3c00, 0x3c00, 0x3e00, 0xc000].entries()) data.writeUInt16LE(bits, 2 * at);
    const tensors = { 'embedding.weight': { dtype: 'F16', shape: [2, 2], data } as const };
    writeFileSync(join(folder, 'model.safetensors'), safetensors(tensors));
    assert.deepEqual(await vectorOf('deploy'), [0.6, -0.8]);
  });

  it('is named by its folder and by what its files hold', async () => {
    writeStaticModel(folder, { deploy: [3, 0] });
    const first = (await FolderProvider.open(folder)).model;
    assert.match(first, new RegExp(`^${basename(folder)}@[0-9a-f]{8}$`));
    assert.equal((await FolderProvider.open(folder)).model, first);
    writeStaticModel(folder, { deploy: [0, 3] });
    assert.notEqual((await FolderProvider.open(folder)).model, first);
  });

  it('says which file is missing', async () => {
    await assert.rejects(
      FolderProvider.open(folder),
      isUnreadable(/tokenizer\.json cannot be read|model\.safetensors/),
    );
  });

  it('refuses files that are cut off, of another kind, or contradict themselves', async () => {
    writeStaticModel(folder, { deploy: [3, 0], friday: [0, 4] });
    const whole = safetensors({ embeddings: float32([3, 2], [1, 1, 3, 0, 0, 4]) });
    const damaged: [Buffer, RegExp][] = [
      [Buffer.alloc(3), /too short/],
      [Buffer.alloc(64, 0xff), /no header/],
      [whole.subarray(0, whole.length - 1), /in the middle of embeddings/],
      [Buffer.concat([whole.subarray(0, 8), Buffer.from('{'), Buffer.alloc(whole.length, 0x20)]), /not JSON/],
      [safetensors({ other: float32([2], [1, 2]) }), /no table/],
      [safetensors({ embeddings: float32([4], [1, 2, 3, 4]) }), /no table/],
      [safetensors({ embeddings: float32([9, 9], [1, 2, 3, 4]) }), /in the middle/],
    ];
    for (const [bytes, message] of damaged) {
      writeFileSync(join(folder, 'model.safetensors'), bytes);
      await assert.rejects(FolderProvider.open(folder), isUnreadable(message));
    }
    writeStaticModel(folder, { deploy: [3, 0] });
    writeFileSync(join(folder, 'tokenizer.json'), '{"model": {"type": "Sorcery"}}');
    await assert.rejects(FolderProvider.open(folder), isUnreadable(/no tokenizer/));
  });
});
