/** Which settings make no sense. Pure: the editor's values come in as they are. */

import { WHEN_UNREACHABLE } from '../protocol/teamLog.js';
import { asSecretPolicy } from '../protocol/environment.js';
import { SETTINGS } from './ids.js';
import { isPort } from './workerSettings.js';

export type SettingId = (typeof SETTINGS)[keyof typeof SETTINGS];

/** Exhaustive by type, so that a setting cannot be forgotten here. */
const MAKES_SENSE: { readonly [K in SettingId]: (value: unknown) => boolean } = {
  [SETTINGS.dataDir]: isText,
  [SETTINGS.workerAutoStart]: isBoolean,
  [SETTINGS.httpEnabled]: isBoolean,
  [SETTINGS.httpPort]: isPort,
  [SETTINGS.scope]: (value) => value === 'project' || value === 'everything',
  [SETTINGS.secrets]: (value) => asSecretPolicy(value) !== null,
  [SETTINGS.mentions]: isBoolean,
  [SETTINGS.embeddingUrl]: isText,
  [SETTINGS.embeddingModel]: isText,
  [SETTINGS.embeddingFolder]: isText,
  [SETTINGS.storageWhenUnreachable]: (value) => WHEN_UNREACHABLE.some((known) => known === value),
  [SETTINGS.storageUrl]: (value) => isText(value) && /^\s*(?:$|postgres(?:ql)?:\/\/)/.test(value),
};

/** The settings whose values are of the wrong kind or out of range; what is not set is neither. */
export function settingProblems(get: (setting: SettingId) => unknown): SettingId[] {
  return Object.values(SETTINGS).filter((setting) => {
    const value = get(setting);
    return value !== undefined && value !== null && !MAKES_SENSE[setting](value);
  });
}

/** True for a storage URL that can be used, and shows the password to whoever sees the settings. */
export function holdsPassword(storageUrl: unknown): boolean {
  return typeof storageUrl === 'string' && /^\s*postgres(?:ql)?:\/\/[^:@/?#]*:[^@/?#]+@/.test(storageUrl);
}

/** What no path holds, and no address or name either. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0');
}

function isBoolean(value: unknown): boolean {
  return typeof value === 'boolean';
}
