import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { addMemory } from '../mcp/tools/addMemory.js';
import { searchMemory } from '../mcp/tools/searchMemory.js';
import { GreeumError } from '../protocol/errors.js';
import { MIN_MAX_TOKENS } from '../protocol/limits.js';
import type { AddMemoryInput, SearchMemoryInput } from '../protocol/operations.js';
import { abortSignalOf } from './abortSignal.js';
import { LANGUAGE_MODEL_TOOLS, type LanguageModelToolName } from './ids.js';
import { originOf } from './project.js';
import type { Services } from './services.js';
import { rememberQuestion, searchQuestion, type Question } from './toolTexts.js';

const { l10n } = vscode;

/** The editor has checked the input against the schema of the manifest. */
interface ToolWork<T> {
  ask: (input: T) => Question;
  run: (input: T, options: { signal: AbortSignal; tokenBudget: number | undefined }) => Promise<string>;
}

/** `#greeumSearch` and `#greeumRemember`, for agents of this editor that take no MCP servers. */
export function languageModelTool(name: LanguageModelToolName, services: Services): vscode.LanguageModelTool<object> {
  return name === LANGUAGE_MODEL_TOOLS.search ? toolOf(searching(services)) : toolOf(remembering(services));
}

function toolOf<T extends object>({ ask, run }: ToolWork<T>): vscode.LanguageModelTool<object> {
  return {
    prepareInvocation: ({ input }) => {
      const { title, message, running } = ask(input as T);
      return {
        invocationMessage: running,
        confirmationMessages: { title, message: new vscode.MarkdownString(message) },
      };
    },
    invoke: async ({ input, tokenizationOptions }, token) => {
      const options = { signal: abortSignalOf(token), tokenBudget: tokenizationOptions?.tokenBudget };
      const text = await told(run(input as T, options));
      return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
    },
  };
}

type SearchInput = Pick<SearchMemoryInput, 'query' | 'limit'> & { everything?: boolean };

function searching({ session, scope }: Services): ToolWork<SearchInput> {
  return {
    ask: ({ query, everything }) => searchQuestion(query, everything === true ? undefined : scope.project, l10n),
    run: async ({ everything, ...given }, { signal, tokenBudget }) => {
      const budget = tokenBudget === undefined ? {} : { max_tokens: Math.max(MIN_MAX_TOKENS, Math.floor(tokenBudget)) };
      const input = { ...given, ...budget, ...(everything === true ? {} : scope.filter) };
      return searchMemory.toText(await session.service.call('search_memory', input, { signal }), input);
    },
  };
}

type RememberInput = Pick<AddMemoryInput, 'content' | 'tags' | 'importance'>;

function remembering({ session }: Services): ToolWork<RememberInput> {
  return {
    ask: ({ content, tags = [] }) => rememberQuestion(content, tags, l10n),
    run: async (given, { signal }) => {
      const origin = await originOf(vscode.window.activeTextEditor?.document.uri);
      const input = { ...origin, ...given, idempotency_key: randomUUID() };
      const client = `${vscode.env.appName} ${vscode.version}`;
      return addMemory.toText(
        await session.service.call('add_memory', input, { signal, source: 'vscode', client }),
        input,
      );
    },
  };
}

/** The model is told the message alone, so what to do, and whether a retry would write twice, is a part of it. */
async function told(work: Promise<string>): Promise<string> {
  try {
    return await work;
  } catch (thrown) {
    const error = GreeumError.from(thrown);
    const { message, hint = '', code, outcome } = error;
    throw new Error([message, hint, `(${code}, ${OUTCOMES[outcome]})`].filter(Boolean).join(' '), { cause: thrown });
  }
}

const OUTCOMES = {
  not_written: 'not written',
  written: 'written',
  unknown: 'not known whether it was written',
} as const satisfies Record<GreeumError['outcome'], string>;
