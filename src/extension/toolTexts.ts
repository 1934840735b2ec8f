/** What a person is asked before an agent of the editor uses the memory, as Markdown in which foreign text is text. */

import type { Localizer } from './localizer.js';
import { escapeMarkdown, oneLine } from './wording.js';

/** Enough to judge by; the whole is what the agent shows in its own details. */
const ASKED_CHARS = 1000;

export interface Question {
  title: string;
  message: string;
  /** While it runs, in plain text. */
  running: string;
}

/** @param project undefined: everything is searched */
export function searchQuestion(query: string, project: string | undefined, l10n: Localizer): Question {
  const words = oneLine(query, ASKED_CHARS);
  const where =
    project === undefined
      ? l10n.t('The agent reads what is found, in all memories.')
      : l10n.t('The agent reads what is found, in memories of {0} and of no project.', escapeMarkdown(project));
  return {
    title: l10n.t('Search memories?'),
    message: `**${escapeMarkdown(words)}**\n\n${where}`,
    running: l10n.t('Searching memories for {0}', words),
  };
}

export function rememberQuestion(content: string, tags: readonly string[], l10n: Localizer): Question {
  const text = escapeMarkdown(oneLine(content, ASKED_CHARS));
  const about = tags.length === 0 ? [] : [escapeMarkdown(oneLine(tags.join(', '), ASKED_CHARS))];
  return {
    title: l10n.t('Remember this?'),
    message: [
      text,
      ...about,
      l10n.t('It goes into your memory folder, and every agent that uses Greeum can find it.'),
    ].join('\n\n'),
    running: l10n.t('Remembering'),
  };
}
