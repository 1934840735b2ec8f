import { arrayOf, COUNT, inputSchema, outputSchema, record, STRING, STRING_OR_NULL } from './schemas.js';
import { READS, type Tool } from './tool.js';

export const getMemoryStats: Tool<'get_memory_stats'> = {
  name: 'get_memory_stats',
  title: 'Memory Statistics',
  description: 'How much is remembered, since when, and in which projects.',
  inputSchema: inputSchema({}),
  outputSchema: outputSchema({
    blocks: COUNT,
    branches: COUNT,
    associations: COUNT,
    tags: COUNT,
    projects: arrayOf(record({ name: STRING, blocks: COUNT })),
    first_timestamp: STRING_OR_NULL,
    last_timestamp: STRING_OR_NULL,
    data_dir: STRING,
    database: STRING,
    database_bytes: COUNT,
    journal_bytes: COUNT,
  }),
  annotations: READS,
  toText: (stats) =>
    '**Memory System Statistics**\n\n' +
    `**Total Blocks**: ${stats.blocks}\n` +
    `**Branches**: ${stats.branches}\n` +
    `**Associations**: ${stats.associations}\n` +
    `**Projects**: ${stats.projects.map(({ name, blocks }) => `${name} (${blocks})`).join(', ') || 'none'}\n` +
    `**Last Memory**: ${stats.last_timestamp ?? 'none'}`,
};
