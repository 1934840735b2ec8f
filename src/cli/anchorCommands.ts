import type { Command } from 'commander';
import type { AnchorRecord, AnchorUpdateInput } from '../protocol/operations.js';
import { action, ask, withKeyOption, withWorkerOptions, type CommonOptions } from './invocation.js';
import type { Shell } from './shell.js';
import { slotName, wholeNumber } from './values.js';

interface ChangeOptions extends CommonOptions {
  idempotencyKey?: string;
}

/** What each changing command asks for. */
const CHANGES = {
  set: { says: 'point a slot at a memory', wants: (block: number) => ({ block_index: block }), takesBlock: true },
  clear: { says: 'empty a slot', wants: () => ({ block_index: null }), takesBlock: false },
  pin: { says: 'keep a slot where it is', wants: () => ({ pinned: true }), takesBlock: false },
  unpin: { says: 'let a slot move again', wants: () => ({ pinned: false }), takesBlock: false },
} as const satisfies Record<
  string,
  { says: string; wants: (block: number) => Omit<AnchorUpdateInput, 'slot'>; takesBlock: boolean }
>;

export function addAnchorCommands(program: Command, shell: Shell): void {
  const anchors = program
    .command('anchors')
    .alias('slots')
    .description('the slots A, B and C: where new memories continue');
  withWorkerOptions(anchors.command('status'))
    .description('show what each slot points at')
    .action(action(shell, status));
  for (const [name, { says, wants, takesBlock }] of Object.entries(CHANGES)) {
    const command = withKeyOption(withWorkerOptions(anchors.command(name)))
      .description(says)
      .argument('<slot>', 'A, B or C');
    if (takesBlock) command.argument('<block>', 'number of the block', wholeNumber);
    command.action(
      action<ChangeOptions>(shell, (_, options, slot = '', block = '') =>
        change(shell, options, { slot: slotName(slot), ...wants(Number(block)) }),
      ),
    );
  }
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
