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
  const configuration = vscode.workspace.getConfiguration();
  const raw: RawSettings = {
    dataDir: configuration.get(SETTINGS.dataDir),
    autoStart: configuration.get(SETTINGS.workerAutoStart),
    httpEnabled: configuration.get(SETTINGS.httpEnabled),
    httpPort: configuration.get(SETTINGS.httpPort),
    secrets: configuration.get(SETTINGS.secrets),
  };
  const shown = resolveViewSettings({ scope: configuration.get(SETTINGS.scope) });
  return { ...resolveSettings(raw, process.env, homedir()), ...shown };
}
