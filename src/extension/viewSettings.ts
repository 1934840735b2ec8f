/** What the settings mean for what is shown. Pure: the editor's values come in as they are, sense or nonsense. */

export interface ViewSettings {
  /** Whose memories a workspace begins with. */
  scope: 'project' | 'everything';
  /** Whether a file says that memories mention it. */
  mentions: boolean;
}

export function resolveViewSettings(raw: { scope: unknown; mentions: unknown }): ViewSettings {
  return { scope: raw.scope === 'everything' ? 'everything' : 'project', mentions: raw.mentions === true };
}
