import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  COMMANDS,
  CONFIGURATION_SECTION,
  CONTEXT_KEYS,
  CONTEXT_VALUES,
  LANGUAGE_MODEL_TOOLS,
  MCP_PROVIDER_ID,
  SETTINGS,
  VIEW_CONTAINER,
  VIEWS,
} from '../../../src/extension/ids.js';
import { FIRST_PORT, LAST_PORT, MAX_QUERY_CHARS } from '../../../src/protocol/limits.js';

interface Manifest {
  main: string;
  icon: string;
  activationEvents: string[];
  capabilities: { untrustedWorkspaces: { supported: string; restrictedConfigurations: string[] } };
  contributes: {
    commands: { command: string; title: string; category: string }[];
    menus: Record<string, { command: string; when?: string }[]>;
    keybindings: { command: string; when?: string }[];
    viewsContainers: { activitybar: { id: string; icon: string }[] };
    views: Record<string, { id: string; icon: string }[]>;
    viewsWelcome: { view: string; contents: string; when?: string }[];
    walkthroughs: { steps: { description: string; media: { svg: string }; completionEvents: string[] }[] }[];
    configuration: { properties: Record<string, { scope: string; markdownDescription: string; default: unknown }> };
    configurationDefaults: Record<string, Record<string, unknown>>;
    languageModelTools: { name: string; inputSchema: { properties: Record<string, { maxLength?: number }> } }[];
    mcpServerDefinitionProviders: { id: string }[];
  };
}

const root = path.resolve(__dirname, '../../..');
const text = readFileSync(path.join(root, 'package.json'), 'utf8');
const manifest = JSON.parse(text) as Manifest;
const { contributes } = manifest;
const strings = JSON.parse(readFileSync(path.join(root, 'package.nls.json'), 'utf8')) as Record<string, string>;

const ownCommands: readonly string[] = Object.values(COMMANDS);

/** Commands that a string of the manifest links to, by its key between percent signs. */
function linkedCommands(key: string): string[] {
  return Array.from((strings[key.slice(1, -1)] ?? '').matchAll(/command:([\w.]+)/g), ([, command = '']) => command);
}

const sorted = (values: Iterable<string>): string[] => [...values].sort();

describe('the manifest', () => {
  it('declares the commands of ids.ts and no others', () => {
    assert.deepEqual(sorted(contributes.commands.map(({ command }) => command)), sorted(Object.values(COMMANDS)));
  });

  it('declares the settings of ids.ts and no others', () => {
    assert.deepEqual(sorted(Object.keys(contributes.configuration.properties)), sorted(Object.values(SETTINGS)));
    for (const id of Object.values(SETTINGS)) assert.ok(id.startsWith(`${CONFIGURATION_SECTION}.`));
  });

  it('declares the settings that the README describes and no others', () => {
    const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
    const described = Array.from(readme.matchAll(/^\| `(greeum\.[\w.]+)` +\|/gm), ([, id = '']) => id);
    assert.deepEqual(sorted(described), sorted(Object.keys(contributes.configuration.properties)));
  });

  it('declares the MCP provider of ids.ts', () => {
    assert.deepEqual(
      contributes.mcpServerDefinitionProviders.map(({ id }) => id),
      [MCP_PROVIDER_ID],
    );
  });

  it('declares the language model tools of ids.ts and no others, with the limits of the memory', () => {
    const tools = contributes.languageModelTools;
    assert.deepEqual(sorted(tools.map(({ name }) => name)), sorted(Object.values(LANGUAGE_MODEL_TOOLS)));
    const search = tools.find(({ name }) => name === LANGUAGE_MODEL_TOOLS.search);
    assert.equal(search?.inputSchema.properties['query']?.maxLength, MAX_QUERY_CHARS);
  });

  it('declares the views of ids.ts and no others, each with an icon', () => {
    const views = contributes.views[VIEW_CONTAINER] ?? [];
    assert.deepEqual(sorted(views.map(({ id }) => id)), sorted(Object.values(VIEWS)));
    for (const { icon } of [...views, ...contributes.viewsContainers.activitybar]) {
      assert.ok(existsSync(path.join(root, icon)), icon);
    }
  });

  it('names only commands, views and context keys that exist, in menus, keys and empty views', () => {
    const names = new Set<string>([...Object.values(CONTEXT_KEYS), ...Object.values(VIEWS)]);
    const values = Object.values<string>(CONTEXT_VALUES);
    const entries = [...Object.values(contributes.menus).flat(), ...contributes.keybindings];
    for (const { command } of entries) assert.ok(ownCommands.includes(command), command);
    for (const { when = '' } of [...entries, ...contributes.viewsWelcome]) {
      for (const name of when.match(/\bgreeum\.\w+/g) ?? []) assert.ok(names.has(name), name);
      for (const [, value = ''] of when.matchAll(/viewItem == ([\w.]+)/g)) assert.ok(values.includes(value), value);
      for (const [, pattern = ''] of when.matchAll(/viewItem =~ \/([^/]+)\//g)) {
        assert.ok(
          values.some((value) => new RegExp(pattern).test(value)),
          pattern,
        );
      }
    }
    for (const { contents } of contributes.viewsWelcome) {
      for (const command of linkedCommands(contents)) assert.ok(ownCommands.includes(command), command);
    }
  });

  it('has first steps that complete by what the extension does, each with a picture', () => {
    const steps = contributes.walkthroughs.flatMap(({ steps: each }) => each);
    const events = [
      ...Object.values(COMMANDS).map((id) => `onCommand:${id}`),
      ...Object.values(SETTINGS).map((id) => `onSettingChanged:${id}`),
      ...Object.values(CONTEXT_KEYS).map((id) => `onContext:${id}`),
    ];
    for (const { description, media, completionEvents } of steps) {
      assert.ok(completionEvents.length > 0);
      for (const event of completionEvents) assert.ok(events.includes(event), event);
      for (const command of linkedCommands(description)) {
        assert.ok(command.startsWith('workbench.') || ownCommands.includes(command), command);
      }
      assert.ok(existsSync(path.join(root, media.svg)), media.svg);
    }
  });

  it('titles every command "Greeum: …"', () => {
    for (const { category } of contributes.commands) assert.equal(category, '%category%');
    assert.equal(strings['category'], 'Greeum');
  });

  it('uses every string of package.nls.json, and has every string it uses', () => {
    const used = new Set(Array.from(text.matchAll(/"%([^%"]+)%"/g), ([, key]) => key ?? ''));
    assert.deepEqual(sorted(used), sorted(Object.keys(strings)));
  });

  it('lets no workspace say where memories are kept, what listens, where texts go or whether secrets are kept', () => {
    const { properties } = contributes.configuration;
    const embedding = [SETTINGS.embeddingUrl, SETTINGS.embeddingModel, SETTINGS.embeddingFolder];
    const listening = [SETTINGS.httpEnabled, SETTINGS.httpPort];
    for (const id of [SETTINGS.dataDir, SETTINGS.storageUrl, SETTINGS.secrets, ...listening, ...embedding]) {
      assert.equal(properties[id]?.scope, 'machine', id);
    }
    const { supported, restrictedConfigurations } = manifest.capabilities.untrustedWorkspaces;
    assert.equal(supported, 'limited');
    assert.deepEqual(sorted(restrictedConfigurations), sorted(Object.values(SETTINGS)));
  });

  it('keeps remote windows from forwarding the ports of the worker', () => {
    const ports = contributes.configurationDefaults['remote.portsAttributes'];
    assert.deepEqual(Object.keys(ports ?? {}), [`${FIRST_PORT}-${LAST_PORT}`]);
    assert.match(strings['configuration.http.port'] ?? '', new RegExp(`${FIRST_PORT} to ${LAST_PORT}`));
  });

  it('activates when the editor has started, not before', () => {
    assert.deepEqual(manifest.activationEvents, ['onStartupFinished']);
  });

  it('has the icon it names', () => {
    assert.ok(existsSync(path.join(root, manifest.icon)), manifest.icon);
  });
});
