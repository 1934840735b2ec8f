/** The prompts, in the order in which clients show them. */

import { catchMeUp } from './catchMeUp.js';
import type { Prompt } from './prompt.js';
import { recall } from './recall.js';
import { rememberThisWork } from './rememberThisWork.js';

export const PROMPTS: readonly Prompt[] = [recall, rememberThisWork, catchMeUp];

/** The answer to `prompts/list`. */
export const PROMPT_LIST = PROMPTS.map(({ name, title, description, arguments: args }) => ({
  name,
  title,
  description,
  arguments: args,
}));
