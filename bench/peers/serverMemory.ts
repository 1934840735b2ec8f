import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';

import type { Peer } from './peer.js';

const program = createRequire(__filename).resolve('@modelcontextprotocol/server-memory/dist/index.js');
const fileIn = (folder: string): string => join(folder, 'memory.jsonl');
const entity = (name: string, text: string): object => ({ name, entityType: 'memory', observations: [text] });

/** The reference server for memory of the Model Context Protocol, over stdio: an entity a memory. */
export const serverMemory: Peer = {
  name: 'server-memory',
  addsPerRound: 100,

  fill(folder, texts) {
    const lines = texts.map((text, index) => JSON.stringify({ type: 'entity', ...entity(`filled-${index}`, text) }));
    writeFileSync(fileIn(folder), lines.join('\n'));
    return Promise.resolve();
  },

  async start(folder) {
    const env = { ...process.env, MEMORY_FILE_PATH: fileIn(folder) } as Record<string, string>;
    const transport = new StdioClientTransport({ command: process.execPath, args: [program], env, stderr: 'ignore' });
    const client = new Client({ name: 'bench', version: '1' });
    await client.connect(transport);
    const call = async (name: string, args: Record<string, unknown>): Promise<boolean> => {
      const { isError } = await client.callTool({ name, arguments: args });
      return isError !== true;
    };
    const { pid } = transport;
    return {
      pid,
      add: (text, number) => call('create_entities', { entities: [entity(`added-${number}`, text)] }),
      search: (query) => call('search_nodes', { query }),
      async kill() {
        const gone = new Promise<void>((resolve) => (client.onclose = resolve));
        if (pid !== null) process.kill(pid, 'SIGKILL');
        await gone;
      },
    };
  },

  count(folder) {
    return Promise.resolve(readFileSync(fileIn(folder), 'utf8').split('\n').filter(isWholeLine).length);
  },
};

function isWholeLine(line: string): boolean {
  try {
    return (JSON.parse(line) as { type?: unknown }).type === 'entity';
  } catch {
    return false;
  }
}
