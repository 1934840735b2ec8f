import type { Command } from 'commander';
import type { AssociationRecord, UpdateAssociationsInput } from '../protocol/operations.js';
import { action, ask, withKeyOption, withWorkerOptions, type CommonOptions } from './invocation.js';
import type { Shell } from './shell.js';
import { strength, wholeNumber } from './values.js';

interface ChangeOptions extends CommonOptions {
  type?: string;
  strength?: number;
  idempotencyKey?: string;
}

interface ListOptions extends CommonOptions {
  count?: number;
}

export function addAssociationCommands(program: Command, shell: Shell): void {
  const associations = program.command('associations').description('links between memories');
  withKeyOption(withWorkerOptions(associations.command('add')))
    .description('link two memories')
    .argument('<source>', 'number of a block', wholeNumber)
    .argument('<target>', 'number of another', wholeNumber)
    .option('--type <name>', 'kind of the link (default: semantic)')
    .option('--strength <number>', 'from 0 to 1 (default: 0.5)', strength)
    .action(action(shell, add));
  withKeyOption(withWorkerOptions(associations.command('remove')))
    .description('remove the links between two memories')
    .argument('<source>', 'number of a block', wholeNumber)
    .argument('<target>', 'number of another', wholeNumber)
    .action(action(shell, remove));
  withWorkerOptions(associations.command('list'))
    .description('list links, of one memory or of all')
    .argument('[block]', 'number of a block', wholeNumber)
    .option('-c, --count <number>', 'how many at most', wholeNumber)
    .action(action(shell, list));
}

function add(shell: Shell, options: ChangeOptions, source?: string, target?: string): Promise<void> {
  const kind = {
    ...(options.type === undefined ? {} : { type: options.type }),
    ...(options.strength === undefined ? {} : { strength: options.strength }),
  };
  return change(shell, options, { add: [{ source: Number(source), target: Number(target), ...kind }] });
}

function remove(shell: Shell, options: ChangeOptions, source?: string, target?: string): Promise<void> {
  return change(shell, options, { remove: [{ source: Number(source), target: Number(target) }] });
}

async function change(shell: Shell, options: ChangeOptions, wanted: UpdateAssociationsInput): Promise<void> {
  const key = options.idempotencyKey === undefined ? {} : { idempotency_key: options.idempotencyKey };
  const { result, via } = await ask(shell, options, 'update_associations', { ...wanted, ...key });
  shell.output.result({ ...result, via }, () =>
    result.added.length > 0 ? `Linked: ${result.added.map(describe).join(', ')}` : `Links removed: ${result.removed}`,
  );
}

async function list(shell: Shell, options: ListOptions, block?: string): Promise<void> {
  const { result, via } = await ask(shell, options, 'list_associations', {
    ...(block === undefined ? {} : { block_index: Number(block) }),
    ...(options.count === undefined ? {} : { limit: options.count }),
  });
  shell.output.result({ ...result, via }, () => result.associations.map(describe).join('\n') || 'No links.');
}

function describe({ source, target, type, strength: value }: AssociationRecord): string {
  return `#${source} -> #${target}  ${type} ${value.toFixed(2)}`;
}
