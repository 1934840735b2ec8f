import type * as vscode from 'vscode';
import { GreeumError } from '../protocol/errors.js';
import { Disposable } from './lifecycle.js';
import type { Log } from './log.js';
import type { SecretName, Settings } from './settings.js';

/** In the secret storage; another name would lose what people have stored. */
const KEYS: { readonly [K in SecretName]: string } = {
  embeddingKey: 'greeum.embedding.key',
  storagePassword: 'greeum.storage.password',
};

/** What a server wants to see of us: in the editor's secret storage, where no setting shows it. */
export class StoredSecret extends Disposable {
  constructor(
    private readonly name: SecretName,
    private readonly secrets: vscode.SecretStorage,
    private readonly settings: Settings,
    private readonly log: Log,
  ) {
    super();
    // A server may be named later than the window was opened.
    this._register(settings.onDidChange(() => void this.load()));
    this._register(secrets.onDidChange(({ key }) => key === KEYS[name] && void this.load()));
  }

  /** Gives it to the settings; never rejects. Only a server has a secret, so the storage is asked for one alone. */
  async load(): Promise<void> {
    if (!this.settings.namesServerOf(this.name)) return;
    try {
      this.settings.useSecret(this.name, (await this.secrets.get(KEYS[this.name])) ?? null);
    } catch (error) {
      // A locked keyring: the server says what it thinks of a call without a secret.
      this.log.failure(GreeumError.from(error));
    }
  }

  /** @param secret empty: there is none */
  async store(secret: string): Promise<void> {
    const key = KEYS[this.name];
    await (secret === '' ? this.secrets.delete(key) : this.secrets.store(key, secret));
  }
}
