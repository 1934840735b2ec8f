import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { describeLeftOut } from '../protocol/leftOut.js';
import type { AddMemoryInput, AddMemoryResult, QueuedMemory } from '../protocol/operations.js';
import { tryWithPerson } from './errors.js';
import type { Services } from './services.js';

const { l10n } = vscode;

/**
 * Adds a memory under one idempotency key, however often the person has to try.
 * @returns undefined when it failed and the person gave up; the failure was shown
 */
export async function remember(
  services: Services,
  input: AddMemoryInput,
): Promise<AddMemoryResult | QueuedMemory | undefined> {
  const { session, log } = services;
  const keyed = { idempotency_key: randomUUID(), ...input };
  const result = await tryWithPerson(() => session.service.call('add_memory', keyed, { source: 'vscode' }), log);
  if (result?.status === 'queued') confirmQueued(result);
  else if (result !== undefined) void confirmAdded(services, result);
  return result;
}

function confirmQueued({ waiting, left_out }: QueuedMemory): void {
  const left = left_out === undefined ? [] : [l10n.t('Left out, and not stored: {0}', describeLeftOut(left_out))];
  const queued = l10n.t("Queued: the team's database is away. Memories that wait on this machine: {0}", waiting);
  void vscode.window.showWarningMessage([queued, ...left].join(' '));
}

async function confirmAdded({ state, documents }: Services, added: AddMemoryResult): Promise<void> {
  const { block_index, status, left_out } = added;
  if (left_out !== undefined) {
    const kinds = describeLeftOut(left_out);
    void vscode.window.showWarningMessage(
      l10n.t('Greeum: left out of block #{0}, and not stored: {1}', block_index, kinds),
    );
  }
  const message =
    status === 'added'
      ? l10n.t('Memory added: block #{0}', block_index)
      : l10n.t('Nothing added: block #{0} says the same already', block_index);
  if (state.isMuted('memoryAdded')) {
    vscode.window.setStatusBarMessage(`$(check) ${message}`, 5000);
    return;
  }
  const open = l10n.t('Open');
  const mute = l10n.t("Don't Show Again");
  const pressed = await vscode.window.showInformationMessage(message, open, mute);
  if (pressed === open) await documents.openMemory(block_index);
  if (pressed === mute) await state.mute('memoryAdded');
}
