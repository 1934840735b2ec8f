import * as vscode from 'vscode';
import type { UpdateAssociationsResult } from '../../protocol/operations.js';
import { newIdempotencyKey } from '../../client/idempotencyKey.js';
import { tryWithPerson } from '../errors.js';
import { pickMemory } from '../memoryPicker.js';
import type { Services } from '../services.js';
import { blockOf, blocksOf } from '../targets.js';

const { l10n } = vscode;

/** Opens memories as documents; asks which when nothing names one. */
export async function openMemory(services: Services, target?: unknown, selected?: unknown): Promise<void> {
  const blocks = blocksOf(target, selected, selectedRows(services));
  if (blocks.length === 0) blocks.push(...(await askForMemory(services, l10n.t('Greeum: Open Memory'))));
  for (const block of blocks) await services.documents.openMemory(block, { preview: blocks.length === 1 });
}

/** Copies the whole texts, not the passages that the view shows. */
export async function copyMemory(services: Services, target?: unknown, selected?: unknown): Promise<void> {
  const blocks = blocksOf(target, selected, selectedRows(services));
  const { service } = services.session;
  const memories = await Promise.all(blocks.map((block_index) => service.call('get_memory', { block_index })));
  if (memories.length === 0) return;
  await vscode.env.clipboard.writeText(memories.map(({ memory }) => memory.context).join('\n\n'));
  vscode.window.setStatusBarMessage(`$(check) ${l10n.t('Copied {0} memories', memories.length)}`, 3000);
}

/** Associates the selected memories: each with the first. */
export async function linkMemories(
  services: Services,
  target?: unknown,
  selected?: unknown,
): Promise<UpdateAssociationsResult | undefined> {
  const [first, ...others] = blocksOf(target, selected, selectedRows(services));
  if (first === undefined) return undefined;
  const title = l10n.t('Greeum: Link Memory #{0} to…', first);
  if (others.length === 0) others.push(...(await askForMemory(services, title)));
  const add = others.filter((block) => block !== first).map((block) => ({ source: first, target: block }));
  if (add.length === 0) return undefined;
  const input = { add, idempotency_key: newIdempotencyKey() };
  const { session, log } = services;
  const result = await tryWithPerson(() => session.service.call('update_associations', input), log);
  if (result === undefined) return undefined;
  services.documents.readAnew([first, ...others]);
  const message = l10n.t('Linked {0} memories to #{1}', add.length, first);
  vscode.window.setStatusBarMessage(`$(check) ${message}`, 3000);
  return result;
}

async function askForMemory(services: Services, title: string): Promise<number[]> {
  const picked = await pickMemory(services, title);
  return picked === undefined ? [] : [picked];
}

function selectedRows({ views }: Services): readonly unknown[] {
  const rows = [...views.memories.selection, ...views.branches.selection];
  return rows.filter((row) => blockOf(row) !== undefined);
}
