import type * as vscode from 'vscode';
import { GreeumError } from '../protocol/errors.js';
import { Disposable } from './lifecycle.js';
import type { Log } from './log.js';
import type { Settings } from './settings.js';

const SECRET = 'greeum.embedding.key';

/** The key of a server for vectors: in the editor's secret storage, where no setting shows it. */
export class EmbeddingKey extends Disposable {
  constructor(
    private readonly secrets: vscode.SecretStorage,
    private readonly settings: Settings,
    private readonly log: Log,
  ) {
    super();
    // A server may be named later than the window was opened.
    this._register(settings.onDidChange(() => void this.load()));
    this._register(secrets.onDidChange(({ key }) => key === SECRET && void this.load()));
  }

  /** Gives it to the settings; never rejects. Only a server has a key, so the storage is asked for one alone. */
  async load(): Promise<void> {
    if (!this.settings.namesEmbeddingServer) return;
    try {
      this.settings.useEmbeddingKey((await this.secrets.get(SECRET)) ?? null);
    } catch (error) {
      // A locked keyring: the server says what it thinks of a call without a key.
      this.log.failure(GreeumError.from(error));
    }
  }

  /** @param key empty: there is none */
  async store(key: string): Promise<void> {
    await (key === '' ? this.secrets.delete(SECRET) : this.secrets.store(SECRET, key));
  }
}
