import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { CONFIGURATION_SECTION, SETTINGS } from './ids.js';
import { Disposable } from './lifecycle.js';
import { holdsPassword, settingProblems, type SettingId } from './settingProblems.js';
import { resolveViewSettings, type ViewSettings } from './viewSettings.js';
import { resolveSettings, type RawSettings, type WorkerSettings } from './workerSettings.js';

/** For the worker and for what is shown. */
export type AllSettings = WorkerSettings &
  ViewSettings & {
    problems: readonly SettingId[];
    /** The storage URL shows the password to whoever sees the settings. */
    isPasswordShown: boolean;
  };

/** What comes from the secret storage, and is in no setting. */
export type SecretName = 'embeddingKey' | 'storagePassword';

type Secrets = Readonly<Record<SecretName, string | null>>;

/** The setting that names the server a secret is for. */
const SERVER_OF: { readonly [K in SecretName]: SettingId } = {
  embeddingKey: SETTINGS.embeddingUrl,
  storagePassword: SETTINGS.storageUrl,
};

/** The settings, read once and again at each change; nothing else reads the configuration. */
export class Settings extends Disposable {
  private readonly changed = this._register(new vscode.EventEmitter<AllSettings>());
  private secrets: Secrets = { embeddingKey: null, storagePassword: null };
  private values = read(this.secrets);

  /** Fires when a value really differs. */
  readonly onDidChange = this.changed.event;

  constructor() {
    super();
    this._register(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(CONFIGURATION_SECTION)) this.reload();
      }),
    );
  }

  get current(): AllSettings {
    return this.values;
  }

  namesServerOf(secret: SecretName): boolean {
    const url = getter()(SERVER_OF[secret]);
    return typeof url === 'string' && url.trim() !== '';
  }

  useSecret(name: SecretName, secret: string | null): void {
    this.secrets = { ...this.secrets, [name]: secret };
    this.reload();
  }

  private reload(): void {
    const next = read(this.secrets);
    if (JSON.stringify(next) === JSON.stringify(this.values)) return;
    this.values = next;
    this.changed.fire(next);
  }
}

function read({ embeddingKey, storagePassword }: Secrets): AllSettings {
  const get = getter();
  const raw: RawSettings = {
    dataDir: get(SETTINGS.dataDir),
    autoStart: get(SETTINGS.workerAutoStart),
    httpEnabled: get(SETTINGS.httpEnabled),
    httpPort: get(SETTINGS.httpPort),
    secrets: get(SETTINGS.secrets),
    embedding: {
      url: get(SETTINGS.embeddingUrl),
      model: get(SETTINGS.embeddingModel),
      folder: get(SETTINGS.embeddingFolder),
      key: embeddingKey,
    },
    storage: {
      url: get(SETTINGS.storageUrl),
      password: storagePassword,
      whenUnreachable: get(SETTINGS.storageWhenUnreachable),
    },
  };
  const shown = resolveViewSettings({ scope: get(SETTINGS.scope), mentions: get(SETTINGS.mentions) });
  const doubts = { problems: settingProblems(get), isPasswordShown: holdsPassword(raw.storage.url) };
  return { ...resolveSettings(raw, process.env, homedir()), ...shown, ...doubts };
}

function getter(): (setting: string) => unknown {
  // Of our section alone: the editor copies what it is asked for, and everything is thousands of keys.
  const configuration = vscode.workspace.getConfiguration(CONFIGURATION_SECTION);
  return (setting) => configuration.get(setting.slice(CONFIGURATION_SECTION.length + 1));
}
