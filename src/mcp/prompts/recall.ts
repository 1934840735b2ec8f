import { GreeumError } from '../../protocol/errors.js';
import { bounded } from '../bounded.js';
import { memoryLine } from '../tools/text.js';
import { quoted, type Prompt } from './prompt.js';

const RESULTS = 10;

export const recall: Prompt = {
  name: 'recall',
  title: 'Recall',
  description: 'What is remembered about a topic.',
  arguments: [
    { name: 'topic', description: 'A few distinctive words.', required: true },
    { name: 'project', description: 'Only memories of this project.', required: false },
  ],
  async toText({ topic = '', project }, service, options) {
    if (topic.trim() === '') {
      throw new GreeumError('invalid_argument', 'The prompt recall needs a topic.', { hint: 'Give a few words.' });
    }
    const input = { query: topic, limit: RESULTS, ...(project === undefined ? {} : { project }) };
    const { results } = bounded(await service.call('search_memory', input, options));
    if (results.length === 0) return `Nothing is remembered about: ${topic}. Say so, and ask what I know about it.`;
    return (
      `This is what is remembered about: ${topic}\n\n` +
      `${quoted(results.map((hit, index) => memoryLine(hit, index + 1, true)))}\n\n` +
      'Sum up what matters for us now. Name contradictions and what may be out of date, with the numbers after #.'
    );
  },
};
