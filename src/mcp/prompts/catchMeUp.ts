import { bounded } from '../bounded.js';
import { memoryLine } from '../tools/text.js';
import { quoted, type Prompt } from './prompt.js';

const RESULTS = 20;

export const catchMeUp: Prompt = {
  name: 'catch-me-up',
  title: 'Catch me up',
  description: 'What was remembered lately, so that work can go on where it stopped.',
  arguments: [{ name: 'project', description: 'Only memories of this project.', required: false }],
  async toText({ project }, service, options) {
    const input = { limit: RESULTS, ...(project === undefined ? {} : { project }) };
    const { memories } = bounded(await service.call('list_memories', input, options));
    if (memories.length === 0) return 'Nothing is remembered yet. Ask me what we are working on.';
    return (
      `These are the latest memories${project === undefined ? '' : ` of the project "${project}"`}, newest first:\n\n` +
      `${quoted(memories.map((memory, index) => memoryLine(memory, index + 1, true)))}\n\n` +
      'Catch me up: where we stopped, what was decided, what is open. Then propose the next step.'
    );
  },
};
