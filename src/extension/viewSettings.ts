/** What the settings mean for what is shown. Pure: the editor's values come in as they are, sense or nonsense. */

export interface ViewSettings {
  /** Whose memories a workspace begins with. */
  scope: 'project' | 'everything';
}

export function resolveViewSettings(raw: { scope: unknown }): ViewSettings {
  return { scope: raw.scope === 'everything' ? 'everything' : 'project' };
}
