import assert from 'node:assert/strict';
import { markdownEntries } from '../../../../src/transfer/sources/markdown.js';
import { collect, linesOf, memoriesOf } from '../entries.js';

async function contents(text: string): Promise<string[]> {
  return memoriesOf(await collect(markdownEntries(linesOf(text)))).map(({ record }) => record.content);
}

describe('notes in Markdown', () => {
  it('are a memory for each bullet and for the text of each section, with the headings above it', async () => {
    const notes = `# Handbook

We are in Lisbon.

## Deploying
Only on Fridays.

And never alone.

- Ask the owner
  before noon
  - nested stays with it
- Tag the release

After the list.

### Rollback
1. Press the button
2) Tell everybody
`;
    assert.deepEqual(await contents(notes), [
      'We are in Lisbon.',
      'Deploying\n\nOnly on Fridays.\n\nAnd never alone.',
      'Deploying: Ask the owner\nbefore noon\n- nested stays with it',
      'Deploying: Tag the release',
      'Deploying\n\nAfter the list.',
      'Deploying › Rollback: Press the button',
      'Deploying › Rollback: Tell everybody',
    ]);
  });

  it('keep code as it is, whatever it looks like, and leave rules and comments out', async () => {
    const notes = 'Run this:\n\n```sh\n# not a heading\n- not a bullet\n```\n\n---\n<!-- a comment -->\nDone\n';
    assert.deepEqual(await contents(notes), ['Run this:\n\n```sh\n# not a heading\n- not a bullet\n```', 'Done']);
  });

  it('give their front matter and headings as metadata, and the line they begin at', async () => {
    const notes = '---\nname: deploy\ndescription: "How we deploy"\n---\n# Top\r\n## Part\r\n\r\ntext\r\n';
    const [entry] = memoriesOf(await collect(markdownEntries(linesOf(notes), 'deploy.md')));
    assert.deepEqual(
      [entry?.place, entry?.record],
      [
        'deploy.md, line 8',
        {
          content: 'Part\n\ntext',
          metadata: { name: 'deploy', description: 'How we deploy', heading: 'Top › Part' },
        },
      ],
    );
  });
});
