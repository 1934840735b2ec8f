import type { AssociationRecord, UpdateAssociationsInput } from '../protocol/operations.js';
import { command, type ArgumentSpec, type CommandSpec } from './commandSpec.js';
import { ask, KEY_OPTION, WORKER_OPTIONS, type CommonOptions } from './invocation.js';
import type { Shell } from './shell.js';
import { ratio, wholeNumber } from './values.js';

interface ChangeOptions extends CommonOptions {
  type?: string;
  strength?: number;
  idempotencyKey?: string;
}

interface ListOptions extends CommonOptions {
  count?: number;
}

const PAIR: readonly ArgumentSpec[] = [
  { name: 'source', says: 'number of a block', read: wholeNumber },
  { name: 'target', says: 'number of another', read: wholeNumber },
];

export const ASSOCIATION_COMMANDS: readonly CommandSpec[] = [
  command<ChangeOptions>({
    name: 'associations add',
    says: 'link two memories',
    takes: PAIR,
    options: [
      { flags: '--type <name>', says: 'kind of the link (default: semantic)' },
      { flags: '--strength <number>', says: 'from 0 to 1 (default: 0.5)', read: ratio },
      KEY_OPTION,
      ...WORKER_OPTIONS,
    ],
    run: add,
  }),
  command<ChangeOptions>({
    name: 'associations remove',
    says: 'remove the links between two memories',
    takes: PAIR,
    options: [KEY_OPTION, ...WORKER_OPTIONS],
    run: remove,
  }),
  command<ListOptions>({
    name: 'associations list',
    says: 'list links, of one memory or of all',
    takes: [{ name: 'block', says: 'number of a block', isOptional: true, read: wholeNumber }],
    options: [{ flags: '-c, --count <number>', says: 'how many at most', read: wholeNumber }, ...WORKER_OPTIONS],
    run: list,
  }),
];

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

function describe({ source, target, type, strength }: AssociationRecord): string {
  return `#${source} -> #${target}  ${type} ${strength.toFixed(2)}`;
}
