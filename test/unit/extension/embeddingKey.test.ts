import assert from 'node:assert/strict';
import type { Event, SecretStorage, SecretStorageChangeEvent } from 'vscode';
import { EmbeddingKey } from '../../../src/extension/embeddingKey.js';
import type { Log } from '../../../src/extension/log.js';
import type { Settings } from '../../../src/extension/settings.js';
import { Emitter } from '../../../src/client/emitter.js';

const KEY = 'a key of the person';

/** The secret storage of an editor. */
class FakeSecrets implements SecretStorage {
  readonly held = new Map<string, string>();
  readonly #changed = new Emitter<SecretStorageChangeEvent>();
  readonly onDidChange = this.#changed.event as Event<SecretStorageChangeEvent>;
  asked = 0;
  isLocked = false;

  keys(): Promise<string[]> {
    return Promise.resolve([...this.held.keys()]);
  }

  get(name: string): Promise<string | undefined> {
    this.asked += 1;
    return this.isLocked ? Promise.reject(new Error('The keyring is locked.')) : Promise.resolve(this.held.get(name));
  }

  store(name: string, value: string): Promise<void> {
    this.held.set(name, value);
    this.#changed.fire({ key: name });
    return Promise.resolve();
  }

  delete(name: string): Promise<void> {
    this.held.delete(name);
    this.#changed.fire({ key: name });
    return Promise.resolve();
  }
}

describe('the key of the embedding server', () => {
  let secrets: FakeSecrets;
  let settingsChanged: Emitter<void>;
  let namesEmbeddingServer: boolean;
  let used: (string | null)[];
  let failures: number;
  let key: EmbeddingKey;

  beforeEach(() => {
    secrets = new FakeSecrets();
    settingsChanged = new Emitter();
    namesEmbeddingServer = true;
    used = [];
    failures = 0;
    const settings = {
      onDidChange: settingsChanged.event,
      get namesEmbeddingServer() {
        return namesEmbeddingServer;
      },
      useEmbeddingKey: (given: string | null) => used.push(given),
    };
    const log = { failure: () => (failures += 1) };
    key = new EmbeddingKey(secrets, settings as unknown as Settings, log as unknown as Log);
  });

  afterEach(() => key.dispose());

  /** Lets everything happen that can happen now. */
  const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('is kept in the secret storage of the editor, and given to the settings from there', async () => {
    await key.store(KEY);
    await settled();
    assert.deepEqual([[...secrets.held.values()], used], [[KEY], [KEY]]);
  });

  it('is forgotten when it is left empty', async () => {
    await key.store(KEY);
    await key.store('');
    await settled();
    assert.deepEqual([secrets.held.size, used.at(-1)], [0, null]);
  });

  it('is not asked for while no server is named, and is when one is', async () => {
    secrets.held.set('greeum.embedding.key', KEY);
    namesEmbeddingServer = false;
    await key.load();
    assert.deepEqual([secrets.asked, used], [0, []]);
    namesEmbeddingServer = true;
    settingsChanged.fire();
    await settled();
    assert.deepEqual(used, [KEY]);
  });

  it('is missing, and said so in the log, when the keyring is locked', async () => {
    secrets.isLocked = true;
    await key.load();
    assert.deepEqual([failures, used], [1, []]);
  });
});
