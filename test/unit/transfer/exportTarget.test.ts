import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { locateMemory } from '../../../src/client/dataDirectory.js';
import { openExportTarget } from '../../../src/transfer/exportTarget.js';
import { scratchFolder } from '../../support/greeumProcess.js';

describe('the file of an export', () => {
  let folder: ReturnType<typeof scratchFolder>;
  let file: string;
  const memory = () => locateMemory(join(folder.path, 'greeum'), {});

  beforeEach(() => {
    folder = scratchFolder();
    mkdirSync(join(folder.path, 'greeum', 'data'), { recursive: true });
    mkdirSync(join(folder.path, 'out'));
    file = join(folder.path, 'out', 'export.jsonl');
  });
  afterEach(() => folder.remove());

  it('is there when it is whole, for its owner alone, and nothing else is', async () => {
    const target = await openExportTarget(file, false, memory());
    await target.write('one\n');
    assert.equal(readdirSync(join(folder.path, 'out')).includes('export.jsonl'), false);
    await target.finish();
    assert.deepEqual(readdirSync(join(folder.path, 'out')), ['export.jsonl']);
    assert.equal(readFileSync(file, 'utf8'), 'one\n');
    if (process.platform !== 'win32') assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('replaces one that is there only when told so', async () => {
    writeFileSync(file, 'older');
    await assert.rejects(openExportTarget(file, false, memory()), {
      code: 'invalid_argument',
      message: /is there already/,
    });
    const target = await openExportTarget(file, true, memory());
    await target.write('newer');
    await target.discard();
    assert.equal(readFileSync(file, 'utf8'), 'older');
    const again = await openExportTarget(file, true, memory());
    await again.write('newer');
    await again.finish();
    assert.equal(readFileSync(file, 'utf8'), 'newer');
  });

  it('does not replace one that appears meanwhile', async () => {
    const target = await openExportTarget(file, false, memory());
    writeFileSync(file, 'somebody else');
    await assert.rejects(target.finish(), { code: 'invalid_argument' });
    assert.equal(readFileSync(file, 'utf8'), 'somebody else');
    assert.deepEqual(readdirSync(join(folder.path, 'out')), ['export.jsonl']);
  });

  it('is never written through a link, into a folder, or inside the memory', async () => {
    const database = join(folder.path, 'greeum', 'data', 'memory.db');
    writeFileSync(database, 'memories');
    symlinkSync(database, file);
    symlinkSync(join(folder.path, 'greeum'), join(folder.path, 'link'));
    const places = [
      file,
      join(folder.path, 'out'),
      database,
      join(folder.path, 'link', 'data', 'memory.db'),
      join(folder.path, 'out', '..', 'greeum', 'data', 'x.jsonl'),
      join(folder.path, 'missing', 'x.jsonl'),
    ];
    for (const place of places) {
      await assert.rejects(openExportTarget(place, true, memory()), { code: 'invalid_argument' }, place);
    }
    assert.equal(readFileSync(database, 'utf8'), 'memories');
  });
});
