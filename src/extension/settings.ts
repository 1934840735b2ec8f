import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { CONFIGURATION_SECTION, SETTINGS } from './ids.js';
import { Disposable } from './lifecycle.js';
import { settingProblems, type SettingId } from './settingProblems.js';
import { resolveViewSettings, type ViewSettings } from './viewSettings.js';
import { resolveSettings, type RawSettings, type WorkerSettings } from './workerSettings.js';

/** For the worker and for what is shown. */
export type AllSettings = WorkerSettings & ViewSettings & { problems: readonly SettingId[] };

/** The settings, read once and again at each change; nothing else reads the configuration. */
export class Settings extends Disposable {
  private readonly changed = this._register(new vscode.EventEmitter<AllSettings>());
  private embeddingKey: string | null = null;
  private values = read(this.embeddingKey);

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

  get namesEmbeddingServer(): boolean {
    const url = getter()(SETTINGS.embeddingUrl);
    return typeof url === 'string' && url.trim() !== '';
  }

  /** From the secret storage; it is in no setting. */
  useEmbeddingKey(key: string | null): void {
    this.embeddingKey = key;
    this.reload();
  }

  private reload(): void {
    const next = read(this.embeddingKey);
    if (JSON.stringify(next) === JSON.stringify(this.values)) return;
    this.values = next;
    this.changed.fire(next);
  }
}

function read(embeddingKey: string | null): AllSettings {
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
  };
  const shown = resolveViewSettings({ scope: get(SETTINGS.scope), mentions: get(SETTINGS.mentions) });
  return { ...resolveSettings(raw, process.env, homedir()), ...shown, problems: settingProblems(get) };
}

function getter(): (setting: string) => unknown {
  // Of our section alone: the editor copies what it is asked for, and everything is thousands of keys.
  const configuration = vscode.workspace.getConfiguration(CONFIGURATION_SECTION);
  return (setting) => configuration.get(setting.slice(CONFIGURATION_SECTION.length + 1));
}
