import assert from 'node:assert/strict';
import { lastSelectedLine, memoryOfSelection, projectOf } from '../../../src/extension/selection.js';

const selection = { text: 'const a = 1;', file: 'src/a.ts', startLine: 3, endLine: 4, language: 'typescript' };

describe('memoryOfSelection', () => {
  it('keeps file, lines and language', () => {
    assert.deepEqual(memoryOfSelection(selection, ''), {
      content: 'const a = 1;',
      metadata: { file: 'src/a.ts', start_line: 3, end_line: 4, language: 'typescript' },
    });
  });

  it('puts the note before the text', () => {
    assert.equal(memoryOfSelection(selection, ' The limit. ').content, 'The limit.\n\nconst a = 1;');
  });

  it('names no file for an unsaved document', () => {
    assert.ok(!('file' in (memoryOfSelection({ ...selection, file: null }, '').metadata ?? {})));
  });
});

describe('lastSelectedLine', () => {
  it('leaves out a line of which nothing is selected', () => {
    assert.equal(lastSelectedLine(2, 5, 0), 4);
    assert.equal(lastSelectedLine(2, 5, 1), 5);
    assert.equal(lastSelectedLine(2, 2, 0), 2);
  });
});

describe('projectOf', () => {
  it('is the name of the folder, when it can be one', () => {
    assert.deepEqual(projectOf(' greeum '), { project: 'greeum' });
    for (const name of [undefined, '', '  ', 'x'.repeat(201)]) assert.deepEqual(projectOf(name), {});
  });
});
