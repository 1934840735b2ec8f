import * as vscode from 'vscode';
import type { AddMemoryInput, AddMemoryResult, QueuedMemory } from '../../protocol/operations.js';
import { contentProblem } from '../contentCheck.js';
import { originOf } from '../project.js';
import { remember } from '../remember.js';
import type { Services } from '../services.js';

const { l10n } = vscode;

/**
 * Asks for the text of a memory and adds it. A key binding or another extension may give the text, or the whole
 * input of `add_memory`, as the argument; then nothing is asked.
 */
export async function addMemory(
  services: Services,
  given?: unknown,
): Promise<AddMemoryResult | QueuedMemory | undefined> {
  const input = givenInput(given) ?? (await askForText());
  if (input === undefined) return undefined;
  if (given === undefined) draft = input.content;
  const origin = await originOf(vscode.window.activeTextEditor?.document.uri);
  const metadata = isRecord(input.metadata) ? { ...origin.metadata, ...input.metadata } : input.metadata;
  const added = await remember(services, { ...origin, ...input, metadata: metadata ?? origin.metadata });
  if (given === undefined && added !== undefined) draft = '';
  return added;
}

/** What was typed and could not be added: the next box begins with it. */
let draft = '';

function givenInput(given: unknown): AddMemoryInput | undefined {
  if (typeof given === 'string') return { content: given };
  if (typeof given !== 'object' || given === null || !('content' in given)) return undefined;
  // The owner checks every field and names the one that is wrong.
  return given as AddMemoryInput;
}

/** Anything else is left for the owner to refuse. */
function isRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

async function askForText(): Promise<AddMemoryInput | undefined> {
  const content = await vscode.window.showInputBox({
    title: l10n.t('Greeum: Add Memory'),
    value: draft,
    prompt: l10n.t('What should be remembered?'),
    placeHolder: l10n.t('A decision, a fact, a lesson…'),
    ignoreFocusOut: true,
    validateInput: (text) => contentProblem(text, l10n),
  });
  return content === undefined ? undefined : { content };
}
