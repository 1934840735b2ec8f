/**
 * Which way imports point. A folder may import what is listed for it and nothing else: an arrow that is not here is
 * an error, type-only imports included. `extension` and `cli` start the owner by file path, never by import.
 */
const folders = {
  protocol: [],
  text: ['protocol'],
  memory: ['text', 'protocol'],
  storage: ['text', 'protocol'],
  embedding: ['protocol'],
  team: ['protocol'],
  mcp: ['transfer', 'protocol'],
  client: ['protocol'],
  agents: ['protocol'],
  transfer: ['client', 'protocol'],
  dashboard: ['protocol'],
  webview: ['dashboard', 'protocol'],
  worker: ['mcp', 'memory', 'storage', 'embedding', 'text', 'protocol'],
  torture: ['client', 'memory', 'storage', 'protocol'],
  cli: ['mcp', 'client', 'agents', 'torture', 'transfer', 'protocol'],
  extension: ['mcp', 'client', 'agents', 'transfer', 'dashboard', 'protocol'],
};

/** Packages, and the only places that may import them. What is not named here may not be imported by `src` at all. */
const packages = {
  vscode: 'src/extension/',
  commander: 'src/cli/',
  'sql\\.js': 'src/storage/',
  porter2: 'src/text/',
  postgres: 'src/team/',
  'fs-native-extensions': 'src/(worker|storage)/',
  '@modelcontextprotocol/[^/]+': 'src/(mcp|worker/endpoint)/',
  '@huggingface/tokenizers': 'src/embedding/',
  'jsonc-parser': 'src/agents/',
  'smol-toml': 'src/agents/',
  yaml: 'src/agents/',
  uplot: 'src/webview/',
  'd3-zoom': 'src/webview/',
  'd3-selection': 'src/webview/',
  'd3-hierarchy': 'src/dashboard/',
};

/** Folders that see neither files nor processes. */
const pure = '^src/(protocol|text|memory|dashboard)/';

const arrows = Object.entries(folders).map(([folder, allowed]) => ({
  name: `arrows-of-${folder}`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^(src|test|bench|scripts)/', pathNot: `^src/(${[folder, ...allowed].join('|')})/` },
}));

// A package is seen as `vscode`, `node_modules/name/…` or, for its types, `node_modules/@types/name/…`.
const located = (name) => [`^${name}$`, `^node_modules/${name}/`, `^node_modules/@types/${name}/`];

const homes = Object.entries(packages).map(([name, home]) => ({
  name: `only-${home}-imports-${name}`.replaceAll('\\', ''),
  severity: 'error',
  from: { path: '^src/', pathNot: `^${home}` },
  to: { path: located(name) },
}));

module.exports = {
  forbidden: [
    ...arrows,
    ...homes,
    {
      name: 'only-listed-packages',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypesNot: ['local', 'core', 'unknown'], pathNot: Object.keys(packages).flatMap(located) },
    },
    {
      // But for SHA-256, which gives the same for the same text everywhere.
      name: 'pure-folders-import-no-node-modules',
      severity: 'error',
      from: { path: pure, pathNot: '^src/memory/sha256\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    builtInModules: { add: ['vscode', 'node:sqlite', 'sqlite'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
