/** What another program does to a `memory.db`: blocks in Greeum's form, and the write-ahead log it leaves them in. */

import { createHash } from 'node:crypto';

import { blockHash } from '../../src/memory/blockHash.js';
import { integer, loadEngine, Sql, text } from '../../src/storage/engine.js';

/**
 * The file after another program added a memory for each text, each continuing the block before it.
 * @param more SQL for whatever else it did
 */
export async function withForeignBlocks(bytes: Uint8Array, texts: readonly string[], more = ''): Promise<Uint8Array> {
  // The engine works in the bytes it is given; the caller compares its own with what comes out.
  const sql = new Sql(await loadEngine(), Uint8Array.from(bytes));
  for (const context of texts) addBlock(sql, context);
  sql.script(more);
  const after = sql.export();
  sql.close();
  return after;
}

function addBlock(sql: Sql, context: string): void {
  const last = sql.get('SELECT block_index, hash FROM blocks ORDER BY block_index DESC LIMIT 1');
  const blockIndex = last === undefined ? 0 : integer(last[0]) + 1;
  const prevHash = text(last?.[1]);
  const fields = { blockIndex, timestamp: '2026-06-13T10:20:30.123456', context, importance: 0.5, prevHash };
  const hash = blockHash(fields);
  sql.run(`INSERT INTO blocks VALUES (?, ?, ?, 0.5, ?, ?, 'foreign-root', ?, '[]', '[]', 0, 0, 0, 'A', 0.95, 0)`, [
    blockIndex,
    fields.timestamp,
    context,
    hash,
    prevHash,
    prevHash === '' ? null : prevHash,
  ]);
  sql.run(`UPDATE blocks SET after = json_insert(after, '$[#]', ?) WHERE hash = ?`, [hash, prevHash]);
  sql.run('INSERT INTO block_keywords (block_index, keyword) VALUES (?, ?)', [blockIndex, 'foreign']);
  sql.run('INSERT INTO block_metadata VALUES (?, ?)', [blockIndex, '{"source": "mcp"}']);
  sql.run(`INSERT INTO memory_nodes (node_id, memory_id, node_type, content) VALUES (?, ?, 'memory', ?)`, [
    `node_f${String(blockIndex).padStart(11, '0')}`,
    blockIndex,
    context,
  ]);
}

/** A row of `blocks` that Greeum wrote in one of its other ways, continuing the last one of `bytes`. */
export interface WildBlock {
  readonly context: string;
  readonly importance: number;
  /** What is hashed, as `json.dumps` prints it. `$i`, `$p` and `$t` stand for index, `prev_hash` and timestamp. */
  readonly preimage: string;
}

/** SQL that appends them with a NULL root, the block before as `before`, no node, and nobody's `after` changed. */
export function wildBlocks(last: { blockIndex: number; hash: string }, blocks: readonly WildBlock[]): string {
  let { blockIndex, hash: prevHash } = last;
  const rows = blocks.map(({ context, importance, preimage }) => {
    blockIndex += 1;
    const timestamp = `2026-06-13T10:20:30.${String(blockIndex).padStart(6, '0')}`;
    const filled = preimage.replace('$i', String(blockIndex)).replace('$p', prevHash).replace('$t', timestamp);
    const hash = createHash('sha256').update(filled).digest('hex');
    const row = `(${blockIndex}, '${timestamp}', '${context}', ${importance}, '${hash}', '${prevHash}', NULL, '${prevHash}')`;
    prevHash = hash;
    return row;
  });
  return `INSERT INTO blocks (block_index, timestamp, context, importance, hash, prev_hash, root, before)
    VALUES ${rows.join(', ')};`;
}

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const SALTS = [0x1000_0001, 0x2bad_cafe] as const;

/** The log of one transaction that makes `after` of `before`: a frame for each page that differs. */
export function walBetween(
  before: Uint8Array,
  after: Uint8Array,
  { salts = SALTS, isBigEndian = false }: { salts?: readonly [number, number]; isBigEndian?: boolean } = {},
): Buffer {
  const checksum = (sum: Sum, bytes: Buffer): Sum => checksumOf(sum, bytes, isBigEndian);
  const pageSize = Buffer.from(after.buffer, after.byteOffset).readUInt16BE(16);
  const header = Buffer.alloc(HEADER_BYTES);
  for (const [index, word] of [isBigEndian ? 0x377f0683 : 0x377f0682, 3_007_000, pageSize, 0, ...salts].entries()) {
    header.writeUInt32BE(word, index * 4);
  }
  let sum = checksum([0, 0], header.subarray(0, 24));
  header.writeUInt32BE(sum[0], 24);
  header.writeUInt32BE(sum[1], 28);
  const pageCount = after.length / pageSize;
  const changed = Array.from({ length: pageCount }, (_, index) => index + 1).filter((page) => {
    const at = (page - 1) * pageSize;
    return page === 1 || !Buffer.from(after.subarray(at, at + pageSize)).equals(before.subarray(at, at + pageSize));
  });
  const frames = changed.map((page, position) => {
    const frame = Buffer.alloc(FRAME_HEADER_BYTES + pageSize);
    frame.writeUInt32BE(page, 0);
    frame.writeUInt32BE(position === changed.length - 1 ? pageCount : 0, 4);
    frame.writeUInt32BE(salts[0], 8);
    frame.writeUInt32BE(salts[1], 12);
    frame.set(after.subarray((page - 1) * pageSize, page * pageSize), FRAME_HEADER_BYTES);
    sum = checksum(checksum(sum, frame.subarray(0, 8)), frame.subarray(FRAME_HEADER_BYTES));
    frame.writeUInt32BE(sum[0], 16);
    frame.writeUInt32BE(sum[1], 20);
    return frame;
  });
  return Buffer.concat([header, ...frames]);
}

/** The same file as Python leaves it: its header says WAL mode. */
export function inWalMode(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy.fill(2, 18, 20);
  return copy;
}

type Sum = readonly [number, number];

function checksumOf([first, second]: Sum, bytes: Buffer, isBigEndian: boolean): Sum {
  const word = (offset: number): number => (isBigEndian ? bytes.readUInt32BE(offset) : bytes.readUInt32LE(offset));
  let a = first;
  let b = second;
  for (let offset = 0; offset < bytes.length; offset += 8) {
    a = (a + word(offset) + b) >>> 0;
    b = (b + word(offset + 4) + a) >>> 0;
  }
  return [a, b];
}
