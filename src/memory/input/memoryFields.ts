import type { Fields } from './fields.js';
import { readImportance, readSlot } from './numbers.js';
import { readContent, readProject, readTags } from './text.js';

/** What a memory is given by everybody who brings one. @throws GreeumError for the first of them that is wrong */
export function readMemoryFields(fields: Fields) {
  return {
    content: readContent(fields['content']),
    importance: readImportance(fields['importance']),
    tags: readTags(fields['tags']) ?? [],
    slot: readSlot(fields['slot']),
    project: readProject(fields['project']),
  };
}
