import type { Prompt } from './prompt.js';

export const rememberThisWork: Prompt = {
  name: 'remember-this-work',
  title: 'Remember this work',
  description: 'Stores what this conversation decided, learned and left open.',
  arguments: [{ name: 'project', description: 'The project it belongs to.', required: false }],
  toText({ project }) {
    const where =
      project === undefined ? 'Name the project they belong to.' : `They belong to the project "${project}".`;
    return Promise.resolve(
      'Look back over our conversation and store with add_memory what will matter in a later session: decisions with ' +
        'their reasons, what was tried and why it failed, preferences of mine, what is left to do. One self-contained ' +
        `statement each, with names and dates, and a few tags. ${where} First search whether it is known already. ` +
        'Leave out secrets and what the code itself says. Then list what you stored, with the numbers after #.',
    );
  },
};
