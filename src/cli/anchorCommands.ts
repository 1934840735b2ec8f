import type { AnchorRecord, AnchorUpdateInput } from '../protocol/operations.js';
import { command, type ArgumentSpec, type CommandSpec } from './commandSpec.js';
import { ask, KEY_OPTION, WORKER_OPTIONS, type CommonOptions } from './invocation.js';
import type { Shell } from './shell.js';
import { slotName, wholeNumber } from './values.js';

interface ChangeOptions extends CommonOptions {
  idempotencyKey?: string;
}

const SLOT: ArgumentSpec = { name: 'slot', says: 'A, B or C' };

export const ANCHOR_COMMANDS: readonly CommandSpec[] = [
  command<CommonOptions>({
    name: 'anchors status',
    says: 'show what each slot points at',
    options: WORKER_OPTIONS,
    run: status,
  }),
  changing('set', 'point a slot at a memory', (block) => ({ block_index: Number(block) }), [
    { name: 'block', says: 'number of the block', read: wholeNumber },
  ]),
  changing('clear', 'empty a slot', () => ({ block_index: null })),
  changing('pin', 'keep a slot where it is', () => ({ pinned: true })),
  changing('unpin', 'let a slot move again', () => ({ pinned: false })),
];

function changing(
  word: string,
  says: string,
  wants: (block: string) => Omit<AnchorUpdateInput, 'slot'>,
  more: readonly ArgumentSpec[] = [],
): CommandSpec {
  return command<ChangeOptions>({
    name: `anchors ${word}`,
    says,
    takes: [SLOT, ...more],
    options: [KEY_OPTION, ...WORKER_OPTIONS],
    run: (shell, options, slot = '', block = '') => change(shell, options, { slot: slotName(slot), ...wants(block) }),
  });
}

async function status(shell: Shell, options: CommonOptions): Promise<void> {
  const { result, via } = await ask(shell, options, 'list_anchors', {});
  shell.output.result({ ...result, via }, () => result.anchors.map(describe).join('\n'));
}

async function change(shell: Shell, options: ChangeOptions, wanted: AnchorUpdateInput): Promise<void> {
  const key = options.idempotencyKey === undefined ? {} : { idempotency_key: options.idempotencyKey };
  const { result, via } = await ask(shell, options, 'anchor_update', { ...wanted, ...key });
  shell.output.result({ ...result, via }, () => describe(result.anchor));
}

function describe({ slot, block_index, summary, pinned }: AnchorRecord): string {
  const pin = pinned ? '  (pinned)' : '';
  return block_index === null
    ? `${slot}  empty${pin}`
    : `${slot}  #${block_index}${pin}  ${summary.replace(/\s+/g, ' ')}`;
}
