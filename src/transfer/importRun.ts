/**
 * Taking a source in: entries become batches, each of them one write that happens whole or not at all. Nothing is
 * remembered between two runs: a memory is told from others by its text and time, so a run that was interrupted is
 * repeated from its beginning, and finds what it has done.
 */

import { GreeumError, type SerializedError } from '../protocol/errors.js';
import { MAX_IMPORT_RECORDS } from '../protocol/limits.js';
import type { MemoryService } from '../protocol/memoryService.js';
import type { LeftOut, SlotName } from '../protocol/operations.js';
import type { ImportedRecord, ImportRecord, ImportRef, ImportSlot } from '../protocol/transfer.js';
import type { Entry, LinkEntry, MemoryEntry, SlotEntry, SourceId } from './entries.js';
import { Placed } from './placed.js';
import { RelationLinks } from './relationLinks.js';
import type { Source } from './source.js';
import { Twins } from './twins.js';

export interface ImportProblem {
  readonly place: string;
  readonly error: SerializedError;
}

export interface ImportCounts {
  added: number;
  /** Were there already. */
  present: number;
  rejected: number;
  links: number;
}

export interface ImportSummary extends ImportCounts {
  /** Slots that were empty and are not any more. */
  slots: SlotName[];
  /** The first of them; `rejected` counts all. */
  problems: ImportProblem[];
  left_out: LeftOut[];
}

export interface ImportOptions {
  /** Writes nothing, and tells what an import would do. */
  readonly isDryRun: boolean;
  /** For memories that belong to none. */
  readonly project?: string | undefined;
  /** Added to those that each memory has. */
  readonly tags?: readonly string[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** After each batch. */
  onProgress(counts: Readonly<ImportCounts>): void;
}

/** Larger than any memory; a batch is decided and written in some ten milliseconds. */
const MAX_BATCH_CHARS = 512 * 1024;
const MAX_PROBLEMS_TOLD = 100;
/** For an owner that is taken over in the middle of it. */
const TIMEOUT_MS = 120_000;

/** @throws GreeumError of the source or the memory; what was taken in before stays */
export async function importSource(
  service: MemoryService,
  source: Source,
  options: ImportOptions,
): Promise<ImportSummary> {
  const run = new ImportRun(service, source.origin, options);
  for await (const entry of source.entries) {
    if (options.signal?.aborted === true) throw cancelled();
    await run.take(entry);
  }
  await run.end();
  return run.summary();
}

interface Waiting {
  readonly entry: MemoryEntry;
  readonly record: ImportRecord;
}

class ImportRun {
  readonly #service: MemoryService;
  readonly #origin: string;
  readonly #options: ImportOptions;
  readonly #counts: ImportCounts = { added: 0, present: 0, rejected: 0, links: 0 };
  readonly #problems: ImportProblem[] = [];
  readonly #leftOut = new Map<string, number>();
  readonly #placed = new Placed();
  readonly #twins = new Twins();
  readonly #links: RelationLinks;
  #batch: Waiting[] = [];
  #chars = 0;
  /** Of records in the batch, by the names the source has for them. */
  readonly #inBatch = new Map<SourceId, number>();
  /** Where the latest memory is, for sources in which each continues the one before. */
  #latest: ImportRef | null = null;
  readonly #slots: SlotEntry[] = [];
  #filled: SlotName[] = [];

  constructor(service: MemoryService, origin: string, options: ImportOptions) {
    this.#service = service;
    this.#origin = origin;
    this.#options = options;
    this.#links = new RelationLinks(service, this.#placed, options.isDryRun);
  }

  async take(entry: Entry): Promise<void> {
    if (entry.kind === 'problem') this.#reject(entry.place, entry.error.toJSON());
    else if (entry.kind === 'slot') this.#slots.push(entry);
    else if (entry.kind === 'link') await this.#takeLink(entry);
    else await this.#takeMemory(entry);
  }

  async end(): Promise<void> {
    await this.#send();
    for (const { place } of await this.#links.end()) {
      this.#reject(place, new GreeumError('unknown_block', 'A relation names what the file does not have.').toJSON());
    }
    this.#counts.links = this.#links.count;
    await this.#sendSlots();
    this.#options.onProgress(this.#counts);
  }

  summary(): ImportSummary {
    const left_out = [...this.#leftOut].map(([kind, count]) => ({ kind, count }));
    return { ...this.#counts, slots: this.#filled, problems: this.#problems, left_out };
  }

  async #takeLink(entry: LinkEntry): Promise<void> {
    await this.#links.take(entry);
    this.#counts.links = this.#links.count;
  }

  async #takeMemory(entry: MemoryEntry): Promise<void> {
    const size = typeof entry.record.content === 'string' ? entry.record.content.length : 0;
    if (this.#batch.length === MAX_IMPORT_RECORDS || this.#chars + size > MAX_BATCH_CHARS) await this.#send();
    const record = this.#record(entry);
    const position = this.#batch.push({ entry, record }) - 1;
    this.#chars += size;
    if (entry.id !== null) this.#inBatch.set(entry.id, position);
    this.#latest = { record: position };
  }

  #record({ record, place, before, supersedes, links = [] }: MemoryEntry): ImportRecord {
    const { project, tags } = this.#options;
    const older = this.#find(supersedes ?? null);
    const twin = this.#twins.count(record);
    return {
      ...(project === undefined ? {} : { project }),
      ...record,
      ...(tags === undefined ? {} : { tags: withTags(record.tags, tags) }),
      place,
      before: before === undefined ? this.#latest : this.#find(before),
      ...(older === null ? {} : { supersedes: older }),
      links: links.flatMap((link) => {
        const other = this.#find('to' in link ? link.to : link.from);
        const { type, strength } = link;
        if (other === null) return [];
        return ['to' in link ? { to: other, type, strength } : { from: other, type, strength }];
      }),
      ...(twin === 0 ? {} : { twin }),
    };
  }

  #find(id: SourceId | null): ImportRef | null {
    if (id === null) return null;
    const position = this.#inBatch.get(id);
    if (position !== undefined) return { record: position };
    const blockIndex = this.#placed.find(id);
    return blockIndex === null ? null : { block_index: blockIndex };
  }

  async #send(): Promise<void> {
    const batch = this.#batch;
    if (batch.length === 0) return;
    const records = batch.map(({ record }) => record);
    const results = await this.#call(records);
    results.forEach((result, position) => this.#note(batch[position], result));
    [this.#batch, this.#chars] = [[], 0];
    this.#inBatch.clear();
    this.#options.onProgress(this.#counts);
  }

  async #call(records: readonly ImportRecord[]): Promise<readonly ImportedRecord[]> {
    const input = { records, origin: this.#origin };
    const options = { timeoutMs: TIMEOUT_MS };
    if (this.#options.isDryRun) {
      return (await this.#service.call('preview_import', withoutRefs(input), options)).results;
    }
    return (await this.#service.call('import_memories', input, options)).results;
  }

  #note(waiting: Waiting | undefined, { status, block_index, left_out = [], error }: ImportedRecord): void {
    if (waiting === undefined) return;
    const { entry } = waiting;
    if (status === 'rejected') this.#reject(entry.place, error);
    else this.#counts[status] += 1;
    for (const { kind, count } of left_out) this.#leftOut.set(kind, (this.#leftOut.get(kind) ?? 0) + count);
    if (entry.id !== null) this.#placed.set(entry.id, block_index);
    this.#latest = block_index === null ? null : { block_index };
  }

  #reject(place: string, error: SerializedError | undefined): void {
    this.#counts.rejected += 1;
    if (error !== undefined && this.#problems.length < MAX_PROBLEMS_TOLD) this.#problems.push({ place, error });
  }

  /** Behind the memories, because a slot of a fresh memory is filled by them alone. */
  async #sendSlots(): Promise<void> {
    const slots = this.#slots.flatMap(({ slot, memory, pinned, last_seen }): ImportSlot[] => {
      const blockIndex = this.#placed.find(memory);
      return blockIndex === null ? [] : [{ slot, memory: { block_index: blockIndex }, pinned, last_seen }];
    });
    if (slots.length === 0 || this.#options.isDryRun) return;
    const input = { records: [], slots, origin: this.#origin };
    this.#filled = (await this.#service.call('import_memories', input, { timeoutMs: TIMEOUT_MS })).slots;
  }
}

/** What is no list, although its type says so, stays as it is, and is refused as that. */
function withTags(given: readonly string[] | undefined, more: readonly string[]): readonly string[] {
  const isList: boolean = given === undefined || Array.isArray(given);
  return isList ? [...(given ?? []), ...more] : (given ?? []);
}

/** A preview has no numbers for what it would add, so nothing can refer to it. */
function withoutRefs({ records, origin }: { records: readonly ImportRecord[]; origin: string }) {
  const bare = records.map((record) => {
    const { before: _before, supersedes: _supersedes, links: _links, ...rest } = record;
    return rest;
  });
  return { records: bare, origin };
}

function cancelled(): GreeumError {
  return new GreeumError('timeout', 'The import was stopped.', {
    outcome: 'written',
    hint: 'What was imported so far stays. Import it again to go on: nothing is imported twice.',
  });
}
