import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { RESOURCES, TOOLS } from '../conformance/fixtures.js';
import { packagedFiles, packageVsix, projectRoot } from '../../scripts/package.js';

const run = promisify(execFile);
const dist = path.join(projectRoot, 'dist');

/** The whole VSIX, apart from pictures: a file that is not listed here was not meant to ship. */
const shipped = [
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'dist/THIRD_PARTY_NOTICES.txt',
  'dist/agents.js',
  'dist/background.js',
  'dist/cli.js',
  'dist/doctor.js',
  'dist/extension.js',
  'dist/features.js',
  'dist/host.js',
  'dist/local.js',
  'dist/mcp-stdio.js',
  'dist/migrate.js',
  ...['darwin-arm64', 'darwin-x64', 'linux-arm64', 'linux-x64', 'win32-arm64', 'win32-x64'].map(
    (platform) => `dist/native/fs-native-extensions/prebuilds/${platform}/fs-native-extensions.node`,
  ),
  'dist/native/fs-native-extensions/index.js',
  'dist/native/fs-native-extensions/package.json',
  'dist/owner.js',
  'dist/sql-wasm.wasm',
  'dist/team.js',
  'dist/torture-client.js',
  'dist/torture-host.js',
  'dist/torture.js',
  'dist/transfer.js',
  'dist/vectors.js',
  'dist/web.js',
  'dist/webview/dashboard.css',
  'dist/webview/dashboard.js',
  'dist/writer.js',
  'l10n/bundle.l10n.ko.json',
  'package.json',
  'package.nls.json',
  'package.nls.ko.json',
];

describe('the package', () => {
  let folder: string;
  before(async () => (folder = await mkdtemp(path.join(tmpdir(), 'greeum-package-'))));
  after(() => rm(folder, { recursive: true, force: true }));

  it('holds what runs and nothing else', async () => {
    const files = (await packagedFiles()).filter((file) => !file.startsWith('media/'));
    assert.deepEqual(files.sort(), [...shipped].sort());
  });

  it('names every package in it with its licence, and as many as the documentation says', async () => {
    const notices = await readFile(path.join(dist, 'THIRD_PARTY_NOTICES.txt'), 'utf8');
    const titles = [...notices.matchAll(/^([@a-z\d/._-]+) \d+\.\d+\.\S+ \((.+)\)$/gm)];
    const manifest = JSON.parse(await readFile(path.join(projectRoot, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>;
    };
    const named = titles.map(([, name = '']) => name);
    const missing = Object.keys(manifest.dependencies).filter((name) => !named.includes(name));
    assert.deepEqual(missing, []);
    for (const [, name, licence = ''] of titles) {
      assert.match(licence, /^(MIT|ISC|BSD-3-Clause|Apache-2\.0|Unlicense)$/, name);
    }
    const security = await readFile(path.join(projectRoot, 'docs/SECURITY.md'), 'utf8');
    assert.ok(
      security.includes(`${titles.length} packages are, all MIT, ISC, BSD, Apache-2.0 or Unlicense`),
      `${titles.length}`,
    );
  });

  it('stays small with the binaries of six platforms in it', async () => {
    const { size } = await stat(await packageVsix(folder));
    assert.ok(size < 6e6, `${size} bytes`);
  });

  it('locks files with no node_modules around it', async () => {
    const copy = path.join(folder, 'dist');
    await cp(dist, copy, { recursive: true });
    const script = `
      const { openSync } = require('node:fs');
      const { tryLock } = require(${JSON.stringify(path.join(copy, 'native/fs-native-extensions/index.js'))});
      console.log(tryLock(openSync(${JSON.stringify(path.join(folder, 'lock'))}, 'w')));`;
    const { stdout } = await run(process.execPath, ['-e', script], { cwd: folder });
    assert.equal(stdout.trim(), 'true');
  });

  it('holds nothing of what only the referee of MCP calls', async () => {
    const bundles = shipped.filter((file) => file.startsWith('dist/') && file.endsWith('.js'));
    for (const bundle of bundles) {
      const code = await readFile(path.join(projectRoot, bundle), 'utf8');
      for (const fixture of [...Object.keys(TOOLS), ...RESOURCES.map(({ uri }) => uri)]) {
        assert.ok(!code.includes(fixture), `${fixture} in ${bundle}`);
      }
    }
  });

  it('starts the command line without loading the engine, the MCP SDK or zod', async () => {
    const code = await readFile(path.join(dist, 'cli.js'), 'utf8');
    assert.match(code, /^#!\/usr\/bin\/env node\n(?!#!)/);
    const { sources } = JSON.parse(await readFile(path.join(dist, 'cli.js.map'), 'utf8')) as { sources: string[] };
    const packages = sources.map((source) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1]);
    assert.deepEqual([...new Set(packages)].filter(Boolean), ['commander']);
  });
});
