import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

/** DESIGN, section 9, read a second time: a rule loosened in the dependency-cruiser configuration still fails here. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
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
const homeOf: Readonly<Record<string, RegExp>> = {
  vscode: /^extension\//,
  commander: /^cli\//,
  'sql.js': /^storage\//,
  'fs-native-extensions': /^(worker|storage)\//,
  '@modelcontextprotocol': /^(mcp|worker\/endpoint)\//,
  '@huggingface': /^embedding\//,
  porter2: /^text\//,
  postgres: /^team\//,
  'jsonc-parser': /^agents\//,
  'smol-toml': /^agents\//,
  yaml: /^agents\//,
  uplot: /^webview\//,
  'd3-zoom': /^webview\//,
  'd3-selection': /^webview\//,
  'd3-hierarchy': /^dashboard\//,
};

const src = path.resolve(__dirname, '../../src');

function violationsOf(file: string): string[] {
  const text = readFileSync(path.join(src, file), 'utf8');
  const folder = file.split('/')[0] ?? '';
  const imported = ts.preProcessFile(text, true, true).importedFiles.map(({ fileName }) => fileName);
  const wrong = imported.filter((name) => {
    if (name === 'node:crypto' && file === 'memory/sha256.ts') return false;
    if (name.startsWith('node:')) return ['protocol', 'text', 'memory', 'dashboard', 'webview'].includes(folder);
    if (!name.startsWith('.')) return homeOf[name.split('/')[0] ?? '']?.test(file) !== true;
    const target = path.posix.normalize(path.posix.join(path.posix.dirname(file), name)).split('/')[0] ?? '';
    return target !== folder && mayImport[folder]?.includes(target) !== true;
  });
  const excused = /dependency-cruiser-disable|@ts-(nocheck|ignore)/.exec(text);
  return [...wrong.map((name) => `${file} imports ${name}`), ...(excused ? [`${file} has ${excused[0]}`] : [])];
}

describe('the folders of src', () => {
  const entries = readdirSync(src, { recursive: true, encoding: 'utf8' });
  const files = entries.filter((name) => name.endsWith('.ts')).map((name) => name.replaceAll(path.sep, '/'));

  it('import only along the arrows of the design, and excuse themselves from no rule', () => {
    assert.ok(files.length > 0, 'no sources found');
    assert.deepEqual(files.flatMap(violationsOf), []);
  });
});
