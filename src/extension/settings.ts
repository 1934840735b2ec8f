import { homedir } from 'node:os';
import * as vscode from 'vscode';
import { CONFIGURATION_SECTION, SETTINGS } from './ids.js';
import { Disposable } from './lifecycle.js';
import { resolveViewSettings, type ViewSettings } from './viewSettings.js';
import { resolveSettings, type RawSettings, type WorkerSettings } from './workerSettings.js';

/** For the worker and for what is shown. */
export type AllSettings = WorkerSettings & ViewSettings;

/** The settings, read once and again at each change; nothing else reads the configuration. */
export class Settings extends Disposable {
  private readonly changed = this._register(new vscode.EventEmitter<AllSettings>());
  private values = read();

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

  private reload(): void {
    const next = read();
    if (JSON.stringify(next) === JSON.stringify(this.values)) return;
    this.values = next;
    this.changed.fire(next);
  }
}

function read(): AllSettings {
  // Of our section alone: the editor copies what it is asked for, and everything is thousands of keys.
  const configuration = vscode.workspace.getConfiguration(CONFIGURATION_SECTION);
  const get = (setting: string): unknown => configuration.get(setting.slice(CONFIGURATION_SECTION.length + 1));
  const raw: RawSettings = {
    dataDir: get(SETTINGS.dataDir),
    autoStart: get(SETTINGS.workerAutoStart),
    httpEnabled: get(SETTINGS.httpEnabled),
    httpPort: get(SETTINGS.httpPort),
    secrets: get(SETTINGS.secrets),
  };
  const shown = resolveViewSettings({ scope: get(SETTINGS.scope), mentions: get(SETTINGS.mentions) });
  return { ...resolveSettings(raw, process.env, homedir()), ...shown };
}
