/** What is compared: the product as it is, a library's BM25, and plain substring search. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import MiniSearch from 'minisearch';

import { nodeFiles } from '../../src/storage/files.js';
import { layoutOf } from '../../src/storage/layout.js';
import { Queries } from '../../src/storage/queries.js';
import { rebase } from '../../src/memory/rebase.js';
import { openMemory } from '../../src/storage/recovery.js';
import { SearchIndex } from '../../src/storage/searchIndex.js';
import { Reads } from '../../src/worker/reads.js';
import { Writer } from '../../src/worker/writer.js';
import { stemEnglish } from '../../src/text/stem.js';
import type { Dataset, EvaluationMemory } from './dataset.js';

const FIELDS = ['text', 'project', 'tags'];
/** As many as one caller may have under way. */
const ADDS_AT_ONCE = 1_000;

export interface Found {
  readonly ids: readonly string[];
  readonly topScore: number | null;
}

export interface System {
  readonly name: string;
  search(question: string, limit: number): Found;
  close(): void;
}

/** Memories that contain the question, or failing that any of its words; the more words and the newer the better. */
export function substringSystem({ memories }: Dataset): System {
  const texts = memories.map(({ id, text }) => ({ id, text: text.toLowerCase() }));
  return {
    name: 'substring',
    search: (question, limit) => {
      const asked = question.toLowerCase();
      const words = asked.split(/\s+/).filter((word) => word !== '');
      const counted = texts.map(({ id, text }, at) => ({
        id,
        at,
        count: text.includes(asked) ? words.length + 1 : words.filter((word) => text.includes(word)).length,
      }));
      const found = counted.filter(({ count }) => count > 0).sort((a, b) => b.count - a.count || b.at - a.at);
      return { ids: found.slice(0, limit).map(({ id }) => id), topScore: null };
    },
    close: () => undefined,
  };
}

/** minisearch with its defaults: BM25+ over words in lower case. */
export function miniSearchSystem(dataset: Dataset): System {
  return librarySystem('minisearch', dataset, new MiniSearch({ fields: FIELDS }));
}

/** The same over words without their endings. */
export function stemmedMiniSearchSystem(dataset: Dataset): System {
  const processTerm = (term: string): string => stemEnglish(term.toLowerCase());
  return librarySystem('minisearch stemmed', dataset, new MiniSearch({ fields: FIELDS, processTerm }));
}

function librarySystem(name: string, { memories }: Dataset, library: MiniSearch): System {
  library.addAll(
    memories.map(({ id, text, project = '', tags = [] }) => ({ id, text, project, tags: tags.join(' ') })),
  );
  return {
    name,
    search: (question, limit) => {
      const found = library.search(question).slice(0, limit);
      return { ids: found.map(({ id }) => id as string), topScore: null };
    },
    close: () => undefined,
  };
}

/** Greeum itself: memories go through its write queue into files, and are read back from there. */
export async function greeumSystem({ memories, askedAt }: Dataset): Promise<System> {
  const dataDir = mkdtempSync(join(tmpdir(), 'greeum-bench-'));
  await addAll(dataDir, memories);
  const layout = layoutOf(dataDir);
  const { image } = await openMemory(nodeFiles, layout, { rebase });
  const index = SearchIndex.openFile(nodeFiles, layout.index, image.sql);
  const reads = new Reads({
    secrets: 'redact',
    queries: new Queries(image.sql),
    index: () => index,
    files: () => ({ data_dir: dataDir, database: layout.database, database_bytes: 0, journal_bytes: 0 }),
    monotonicMs: () => performance.now(),
    nowMs: () => new Date(askedAt).getTime(),
  });
  return {
    name: 'greeum',
    search: (query, limit) => {
      const { results } = reads.run('search_memory', { query, limit, detail: 'ids' });
      return {
        ids: results.map(({ block_index }) => memories[block_index]?.id ?? ''),
        topScore: results[0]?.score ?? 0,
      };
    },
    close: () => {
      image.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export async function addAll(dataDir: string, memories: Dataset['memories']): Promise<void> {
  const writer = await Writer.open({
    dataDir,
    role: 'local',
    createBackground: (store) => ({
      buildCheckpoint: (sequence) => store.buildCheckpointHere(sequence),
      verify: () => Promise.reject(new Error('Nothing verifies here.')),
      cancel: () => Promise.resolve(),
    }),
    log: () => undefined,
    onChange: () => undefined,
    onFatal: (error) => {
      throw error;
    },
  });
  const add = ({ text, at, project, tags }: EvaluationMemory): Promise<unknown> =>
    writer.call(
      'add_memory',
      {
        content: text,
        occurred_at: at,
        ...(project === undefined ? {} : { project }),
        ...(tags === undefined ? {} : { tags }),
      },
      { source: 'api', caller: 'bench' },
    );
  for (let at = 0; at < memories.length; at += ADDS_AT_ONCE) {
    await Promise.all(memories.slice(at, at + ADDS_AT_ONCE).map(add));
  }
  await writer.close(0);
}
