/** The reading operations, over any open image: the owner's warm one, or a reader's own. */

import { parseInput } from '../memory/parseInput.js';
import { localTimestamp } from '../memory/timestamps.js';
import type { SecretPolicy } from '../protocol/environment.js';
import { GreeumError } from '../protocol/errors.js';
import type {
  ListGroupsResult,
  ListMemoriesResult,
  MemoryStats,
  OperationName,
  Operations,
  SearchMemoryResult,
} from '../protocol/operations.js';
import { localTimeMs } from '../text/localTime.js';
import { previewImport } from './previewImport.js';
import { Search, type SearchSource } from './search.js';
import type { Meaning } from './meaning.js';

const READ_OPERATIONS = [
  'search_memory',
  'get_memory',
  'list_memories',
  'get_memory_stats',
  'list_associations',
  'list_anchors',
  'list_tags',
  'list_groups',
  'memory_graph',
  'preview_import',
  'export_memories',
] as const;
export type ReadOperation = (typeof READ_OPERATIONS)[number];

export function isReadOperation(operation: OperationName): operation is ReadOperation {
  return (READ_OPERATIONS as readonly string[]).includes(operation);
}

export interface ReadSource extends SearchSource {
  readonly secrets: SecretPolicy;
  files(): Pick<MemoryStats, 'data_dir' | 'database' | 'database_bytes' | 'journal_bytes'>;
  monotonicMs(): number;
}

const KNOWN_PROJECTS_SHOWN = 10;

export class Reads {
  readonly #source: ReadSource;
  readonly #searching: Search;

  constructor(source: ReadSource) {
    this.#source = source;
    this.#searching = new Search(source);
  }

  /**
   * @param meaning of the question of a search, where there is a model
   * @throws GreeumError for bad input, `unknown_block`, `unknown_project`
   */
  run<K extends ReadOperation>(operation: K, input: unknown, meaning?: Meaning | null): Operations[K]['result'];
  run(operation: ReadOperation, input: unknown, meaning: Meaning | null = null): Operations[ReadOperation]['result'] {
    switch (operation) {
      case 'search_memory':
        return this.#search(input, meaning);
      case 'get_memory':
        return { memory: this.#source.queries.memory(parseInput('get_memory', input)) };
      case 'list_memories':
        return this.#list(input);
      case 'get_memory_stats':
        parseInput('get_memory_stats', input);
        return { ...this.#source.queries.stats(), ...this.#source.files() };
      case 'list_associations': {
        const { block_index, limit } = parseInput('list_associations', input);
        return { associations: this.#source.queries.associations(block_index ?? null, limit) };
      }
      case 'list_anchors':
        parseInput('list_anchors', input);
        return { anchors: this.#source.queries.anchors() };
      case 'list_tags':
        return { tags: this.#source.queries.tags(parseInput('list_tags', input).limit) };
      case 'list_groups':
        return this.#groups(input);
      case 'memory_graph':
        return this.#source.queries.graph(parseInput('memory_graph', input).limit);
      case 'preview_import':
        return previewImport(this.#source.queries, parseInput('preview_import', input), this.#source.secrets);
      case 'export_memories': {
        const query = parseInput('export_memories', input);
        this.#requireProject(query);
        return this.#source.queries.exportPage(query.after ?? -1, query.limit, query.project ?? null);
      }
    }
  }

  #list(input: unknown): ListMemoriesResult {
    const query = parseInput('list_memories', input, this.#localNowMs());
    this.#requireProject(query);
    const memories = this.#source.queries.list({ ...query, limit: query.limit + 1 });
    const page = memories.slice(0, query.limit);
    const hasMore = memories.length > page.length;
    return { memories: page, next_before: hasMore ? (page[page.length - 1]?.block_index ?? null) : null };
  }

  #groups(input: unknown): ListGroupsResult {
    const query = parseInput('list_groups', input);
    this.#requireProject(query);
    const groups = this.#source.queries.groups({ ...query, limit: query.limit + 1 });
    const page = groups.slice(0, query.limit);
    const hasMore = groups.length > page.length;
    return { groups: page, next_before: hasMore ? (page[page.length - 1]?.newest ?? null) : null };
  }

  #search(input: unknown, meaning: Meaning | null): SearchMemoryResult {
    const startMs = this.#source.monotonicMs() - (meaning?.tookMs ?? 0);
    const query = parseInput('search_memory', input, this.#localNowMs());
    this.#requireProject(query);
    const found = this.#searching.run(query, meaning?.similarities ?? null);
    return {
      ...found,
      ...(meaning === null ? {} : { meaning: meaning.share }),
      took_ms: Math.round((this.#source.monotonicMs() - startMs) * 1000) / 1000,
    };
  }

  #localNowMs(): number {
    return localTimeMs(localTimestamp(this.#source.nowMs()));
  }

  /** A misspelt project gives an error instead of nothing; with what is global there is something to give. */
  #requireProject({ project, include_global: includeGlobal }: Scope): void {
    if (typeof project !== 'string' || includeGlobal === true || this.#source.queries.hasProject(project)) return;
    const known = this.#source.queries.projectNames(KNOWN_PROJECTS_SHOWN);
    throw new GreeumError('unknown_project', `No memory belongs to the project "${project}".`, {
      hint: known.length === 0 ? 'No project has memories yet.' : `Projects with memories: ${known.join(', ')}.`,
    });
  }
}

interface Scope {
  /** Null: memories that belong to none. */
  project?: string | null | undefined;
  include_global?: boolean | undefined;
}
