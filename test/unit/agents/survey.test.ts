import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AGENTS, type Machine, type ServerCommand } from '../../../src/agents/agents.js';
import { undoWrite, writeConfig } from '../../../src/agents/configFile.js';
import { renewToken } from '../../../src/agents/renewToken.js';
import { surveyAgents } from '../../../src/agents/survey.js';

const command: ServerCommand = { command: 'greeum', args: ['mcp', 'serve'], env: {} };

describe('agents of a home folder', () => {
  let home: string;
  let machine: Machine;

  beforeEach(async () => {
    home = await mkdtemp(path.join(tmpdir(), 'greeum-home-'));
    machine = { os: 'linux', homeDir: home, env: {} };
  });
  afterEach(() => rm(home, { recursive: true, force: true }));

  async function put(name: string, text: string): Promise<string> {
    const file = path.join(home, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
    return file;
  }

  async function states(): Promise<Record<string, string>> {
    const found = await surveyAgents(machine, command);
    return Object.fromEntries(found.map(({ agent, state }) => [agent.id, state]));
  }

  it('are found by their files and folders, with what they know of us', async () => {
    await put(
      '.cursor/mcp.json',
      '{"mcpServers": {"greeum": {"command": "greeum", "args": ["mcp", "serve"], "env": {}}}}',
    );
    await put('.gemini/settings.json', '{"mcpServers": {"greeum": {"command": "old"}}}');
    await put('.codex/auth.json', '{}');
    await put('.config/zed/settings.json', '{ broken');
    assert.deepEqual(await states(), {
      'claude-code': 'absent',
      'claude-desktop': 'absent',
      cursor: 'connected',
      windsurf: 'absent',
      codex: 'ready',
      'gemini-cli': 'outdated',
      zed: 'unreadable',
      continue: 'absent',
    });
  });

  it('get the new token where they hold the old one, and are not touched where they hold none', async () => {
    const [from, to] = ['o'.repeat(43), 'n'.repeat(43)];
    const url = await put(
      '.cursor/mcp.json',
      `{ "mcpServers": { "g": { "url": "http://127.0.0.1:8820/${from}/mcp" } } } // x`,
    );
    const header = await put(
      '.codex/config.toml',
      `# mine\n[mcp_servers.g]\nhttp_headers = { Authorization = "Bearer ${from}" }\n`,
    );
    const editor = await put('.config/Code/User/mcp.json', `{"servers":{"g":{"headers":{"X-API-Key":"${from}"}}}}`);
    const without = await put('.gemini/settings.json', '{"mcpServers": {"greeum": {"command": "greeum"}}}');
    await mkdir(path.join(home, '.claude.json'));
    const { updated, failed } = await renewToken(machine, { from, to });
    assert.deepEqual(updated.sort(), [editor, url, header].sort());
    assert.deepEqual(failed, [path.join(home, '.claude.json')]);
    assert.equal(
      await readFile(header, 'utf8'),
      `# mine\n[mcp_servers.g]\nhttp_headers = { Authorization = "Bearer ${to}" }\n`,
    );
    assert.match(await readFile(url, 'utf8'), new RegExp(`/${to}/mcp" } } } // x$`));
    assert.match(await readFile(without, 'utf8'), /greeum/);
    assert.deepEqual(await readdir(path.dirname(url)), ['mcp.json']);
  });

  it('keep their files where their systems keep them', () => {
    const files = (os: Machine['os'], homeDir: string, env = {}): string[] =>
      AGENTS.map((agent) => agent.configFile({ os, homeDir, env }));
    const windows = files('win32', 'C:\\Users\\ada', { APPDATA: 'C:\\Users\\ada\\AppData\\Roaming' });
    assert.ok(windows.includes('C:\\Users\\ada\\AppData\\Roaming\\Claude\\claude_desktop_config.json'));
    assert.ok(windows.includes('C:\\Users\\ada\\AppData\\Roaming\\Zed\\settings.json'));
    assert.ok(windows.includes('C:\\Users\\ada\\.cursor\\mcp.json'));
    const mac = files('darwin', '/Users/ada');
    assert.ok(mac.includes('/Users/ada/Library/Application Support/Claude/claude_desktop_config.json'));
    assert.ok(mac.includes('/Users/ada/.config/zed/settings.json'));
    assert.ok(files('linux', '/home/ada', { CODEX_HOME: '/codex' }).includes('/codex/config.toml'));
  });

  it('are written as a whole, with a copy of what was there, and can be set back', async () => {
    const file = await put('.cursor/mcp.json', 'before');
    await chmod(file, 0o640);
    const written = await writeConfig(file, 'before', 'after');
    assert.equal(await readFile(file, 'utf8'), 'after');
    assert.equal((await stat(file)).mode & 0o777, 0o640);
    assert.equal(await readFile(written.backup ?? '', 'utf8'), 'before');
    await undoWrite(written);
    assert.equal(await readFile(file, 'utf8'), 'before');
    assert.deepEqual(await readdir(path.dirname(file)), ['mcp.json']);
  });

  it('get a file where there was none, and lose it when that is undone', async () => {
    const file = path.join(home, '.cursor', 'mcp.json');
    await undoWrite(await writeConfig(file, null, 'after'));
    assert.deepEqual(await readdir(path.dirname(file)), []);
  });

  it('are left alone when somebody else wrote meanwhile', async () => {
    const file = await put('.cursor/mcp.json', 'theirs');
    await assert.rejects(writeConfig(file, 'mine', 'after'), { code: 'invalid_argument' });
    const written = await writeConfig(file, 'theirs', 'after');
    await writeFile(file, 'theirs again');
    await assert.rejects(undoWrite(written), { code: 'invalid_argument' });
    assert.equal(await readFile(file, 'utf8'), 'theirs again');
  });

  it('keep a link to a file elsewhere', async () => {
    const real = await put('dotfiles/mcp.json', 'before');
    const link = path.join(home, 'mcp.json');
    await symlink(real, link);
    await writeConfig(link, 'before', 'after');
    assert.equal(await readFile(real, 'utf8'), 'after');
    assert.equal((await stat(link)).isFile(), true);
  });
});
