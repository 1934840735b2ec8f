import assert from 'node:assert/strict';
import { english } from '../../../../src/extension/localizer.js';
import { groupRow, memoryRow, memoryTooltip, type Reader, slotRow } from '../../../../src/extension/views/treeText.js';
import type { AnchorRecord } from '../../../../src/protocol/operations.js';
import { memoryGroup, memoryRecord } from './rows.js';

const reader: Reader = { nowMs: Date.parse('2026-11-24T10:00:00'), language: 'en', l10n: english };

const anchor: AnchorRecord = {
  slot: 'A',
  block_index: 4,
  hash: 'f'.repeat(64),
  summary: 'Deploys on Fridays',
  pinned: false,
  last_seen: Date.parse('2026-11-24T09:00:00') / 1000,
};

describe('rows of memories', () => {
  it('show the beginning of the text, and say number, time and tags', () => {
    const row = memoryRow(memoryRecord(3, { context: `one\n\ntwo ${'x'.repeat(200)}`, tags: ['ops'] }), reader);
    assert.match(row.label, /^one two x+…$/);
    assert.equal(row.description, '#3 · 09:30 · ops');
    assert.match(row.spoken, /^Memory 3: one two x+…\. 2026-11-24T09:30$/);
  });

  it('mark what must not be missed', () => {
    assert.equal(memoryRow(memoryRecord(3, { importance: 0.8 }), reader).icon, 'star-full');
  });

  it('keep a text from turning the direction of what stands beside it', () => {
    const { label } = memoryRow(memoryRecord(3, { context: '\u202eevil\u2066 שלום 👩‍👩‍👧' }), reader);
    assert.equal(label, 'evil שלום 👩‍👩‍👧');
  });

  it('hover with a text in which nothing acts', () => {
    const hostile = '<img src=x onerror=alert(1)> [x](command:workbench.action.quit) **b** https://x.y';
    const tooltip = memoryTooltip(memoryRecord(3, { context: hostile, project: '[p](command:q)' }), reader);
    assert.ok(!/(^|[^\\])[<[*]/.test(tooltip.replaceAll('**#3**', '')), tooltip);
    assert.ok(!tooltip.includes('command:'));
  });
});

describe('rows of groups', () => {
  const label = (by: 'day' | 'branch' | 'project', key: string | null): string =>
    groupRow({ kind: 'group', id: '', by, group: memoryGroup(key), isNewest: false }, reader).label;

  it('name days as people do', () => {
    assert.deepEqual(
      ['2026-11-24', '2026-11-23', '2026-11-19', '2025-11-19', 'nonsense'].map((day) => label('day', day)),
      ['Today', 'Yesterday', 'Thu, Nov 19', 'Wed, Nov 19, 2025', 'nonsense'],
    );
  });

  it('name a branch by its newest memory, and say how many and how old', () => {
    const group = memoryGroup('root', { slot: 'B' });
    const row = groupRow({ kind: 'group', id: '', by: 'branch', group, isNewest: true }, reader);
    assert.deepEqual([row.label, row.description], ['the newest', '3 · slot B · 29 min ago']);
    assert.equal(label('branch', null), 'No branch');
  });

  it('name projects, and what belongs to none', () => {
    assert.deepEqual([label('project', 'app'), label('project', null)], ['app', 'No project']);
  });
});

describe('rows of slots', () => {
  it('say what the slot points at, how long, and whether it is pinned', () => {
    assert.deepEqual(slotRow(anchor, reader), {
      label: 'A',
      description: 'Deploys on Fridays · 1 h ago',
      spoken: 'Slot A: Deploys on Fridays',
      icon: 'bookmark',
    });
    const pinned = slotRow({ ...anchor, pinned: true }, reader);
    assert.deepEqual([pinned.description, pinned.icon], ['Deploys on Fridays · pinned · 1 h ago', 'pinned']);
  });

  it('say when it is empty', () => {
    const row = slotRow({ ...anchor, hash: null, block_index: null, summary: '' }, reader);
    assert.deepEqual([row.description, row.spoken], ['empty', 'Slot A, empty']);
  });
});
