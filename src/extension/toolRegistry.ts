import * as vscode from 'vscode';
import { LANGUAGE_MODEL_TOOLS, type LanguageModelToolName } from './ids.js';
import { DisposableStore, type DisposableLike } from './lifecycle.js';

/** Offers the tools of {@link LANGUAGE_MODEL_TOOLS}; what one is comes when it is first used. */
export function registerLanguageModelTools(
  tool: (name: LanguageModelToolName) => vscode.LanguageModelTool<object>,
): DisposableLike {
  const store = new DisposableStore();
  // Some editors made from VS Code have no language models.
  const { lm } = vscode as { lm?: Partial<typeof vscode.lm> };
  for (const name of Object.values(LANGUAGE_MODEL_TOOLS)) {
    const registration = lm?.registerTool?.<object>(name, {
      prepareInvocation: (options, token) => tool(name).prepareInvocation?.(options, token),
      invoke: (options, token) => tool(name).invoke(options, token),
    });
    if (registration !== undefined) store.add(registration);
  }
  return store;
}
