import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

const root = path.resolve(__dirname, '../../..');
/** Languages that are complete beside English. */
const LANGUAGES = ['ko'];

function readStrings(file: string): Record<string, string> {
  return JSON.parse(readFileSync(path.join(root, file), 'utf8')) as Record<string, string>;
}

/** What `l10n.t` is called with in a file; anything but a plain string cannot be found by translators. */
function messagesOf(file: string): { messages: string[]; computed: string[] } {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const messages: string[] = [];
  const computed: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && /(^|\.)l10n\.t$/.test(node.expression.getText())) {
      const [message] = node.arguments;
      if (message !== undefined && ts.isStringLiteralLike(message)) messages.push(message.text);
      else computed.push(`${path.relative(root, file)}: ${node.getText()}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return { messages, computed };
}

/** Properties of what the editor shows, and calls that show their arguments. */
const SHOWN = /^(title|label|placeHolder|placeholder|prompt|message|tooltip|description|detail|openLabel|saveLabel)$/;
const SHOWS = /(^|\.)show(Information|Warning|Error)Message$/;

/** A value of the protocol, commands, addresses, and names of formats: nothing to translate. */
const NAMES = new Set(['snippet', 'greeum mcp serve', 'http://127.0.0.1/mcp', 'JSON Lines', 'Markdown']);

/** Texts for people that are in the code as they are, and so in English for everybody. */
function untranslatedOf(file: string): string[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
  const untranslated: string[] = [];
  const check = (value: ts.Node): void => {
    const text = ts.isStringLiteralLike(value) || ts.isTemplateExpression(value) ? value.getText() : '';
    // Icons, values and punctuation are the same in every language.
    const words = text.replace(/\$\([a-z~-]+\)|\$\{[^}]*\}|Greeum/g, '');
    if (/\p{L}{2}/u.test(words) && !NAMES.has(text.slice(1, -1))) {
      untranslated.push(`${path.relative(root, file)}: ${text}`);
    }
  };
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAssignment(node) && SHOWN.test(node.name.getText())) check(node.initializer);
    if (ts.isCallExpression(node) && SHOWS.test(node.expression.getText())) node.arguments.forEach(check);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return untranslated;
}

const placeholders = (text: string): string[] => [...new Set(text.match(/\{\d+\}/g) ?? [])].sort();
const sorted = (values: Iterable<string>): string[] => [...values].sort();

describe('translations', () => {
  const folder = path.join(root, 'src/extension');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const found = files.map((name) => messagesOf(path.join(folder, name)));
  const messages = new Set(found.flatMap((file) => file.messages));

  it('can find every string: none is put together at run time', () => {
    assert.ok(messages.size > 100, `${messages.size} strings found`);
    assert.deepEqual(
      found.flatMap((file) => file.computed),
      [],
    );
  });

  it('leave no text for people out', () => {
    assert.deepEqual(
      files.flatMap((name) => untranslatedOf(path.join(folder, name))),
      [],
    );
  });

  for (const language of LANGUAGES) {
    const bundle = readStrings(`l10n/bundle.l10n.${language}.json`);
    const manifest = readStrings(`package.nls.${language}.json`);

    it(`say everything the code says, and nothing else (${language})`, () => {
      assert.deepEqual(sorted(Object.keys(bundle)), sorted(messages));
    });

    it(`say everything the manifest says, and nothing else (${language})`, () => {
      assert.deepEqual(sorted(Object.keys(manifest)), sorted(Object.keys(readStrings('package.nls.json'))));
    });

    it(`keep every placeholder and leave nothing empty (${language})`, () => {
      for (const [message, translated] of Object.entries(bundle)) {
        assert.deepEqual(placeholders(translated), placeholders(message), message);
      }
      for (const [key, text] of Object.entries({ ...bundle, ...manifest })) assert.notEqual(text.trim(), '', key);
    });
  }
});
