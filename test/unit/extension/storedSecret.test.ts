import assert from 'node:assert/strict';
import type { Event, SecretStorage, SecretStorageChangeEvent } from 'vscode';
import type { Log } from '../../../src/extension/log.js';
import type { SecretName, Settings } from '../../../src/extension/settings.js';
import { StoredSecret } from '../../../src/extension/storedSecret.js';
import { Emitter } from '../../../src/client/emitter.js';

const SECRET = 'a secret of the person';

/** Their names in the secret storage are what people's machines hold. */
const CASES: readonly { name: SecretName; key: string; title: string }[] = [
  { name: 'embeddingKey', key: 'greeum.embedding.key', title: 'the key of the embedding server' },
  { name: 'storagePassword', key: 'greeum.storage.password', title: "the password of the team's database" },
];

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

for (const { name, key, title } of CASES) {
  describe(title, () => {
    let secrets: FakeSecrets;
    let settingsChanged: Emitter<void>;
    let namesServer: boolean;
    let used: [SecretName, string | null][];
    let failures: number;
    let secret: StoredSecret;

    beforeEach(() => {
      secrets = new FakeSecrets();
      settingsChanged = new Emitter();
      namesServer = true;
      used = [];
      failures = 0;
      const settings = {
        onDidChange: settingsChanged.event,
        namesServerOf: (asked: SecretName) => asked === name && namesServer,
        useSecret: (given: SecretName, value: string | null) => used.push([given, value]),
      };
      const log = { failure: () => (failures += 1) };
      secret = new StoredSecret(name, secrets, settings as unknown as Settings, log as unknown as Log);
    });

    afterEach(() => secret.dispose());

    /** Lets everything happen that can happen now. */
    const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

    it('is kept in the secret storage of the editor, and given to the settings from there', async () => {
      await secret.store(SECRET);
      await settled();
      assert.deepEqual([...secrets.held], [[key, SECRET]]);
      assert.deepEqual(used, [[name, SECRET]]);
    });

    it('is forgotten when it is left empty', async () => {
      await secret.store(SECRET);
      await secret.store('');
      await settled();
      assert.deepEqual([secrets.held.size, used.at(-1)], [0, [name, null]]);
    });

    it('is not asked for while no server is named, and is when one is', async () => {
      secrets.held.set(key, SECRET);
      namesServer = false;
      await secret.load();
      assert.deepEqual([secrets.asked, used], [0, []]);
      namesServer = true;
      settingsChanged.fire();
      await settled();
      assert.deepEqual(used, [[name, SECRET]]);
    });

    it('is not asked for when another one changes', async () => {
      await secrets.store('greeum.another', SECRET);
      await settled();
      assert.deepEqual([secrets.asked, used], [0, []]);
    });

    it('is missing, and said so in the log, when the keyring is locked', async () => {
      secrets.isLocked = true;
      await secret.load();
      assert.deepEqual([failures, used], [1, []]);
    });
  });
}
