/**
 * Tensors of a `.safetensors` file: 8 bytes with the length of a JSON header (little-endian), the header with each
 * tensor's type, shape and place, then the numbers, little-endian and row by row.
 */

import { GreeumError } from '../protocol/errors.js';

export interface Tensor {
  readonly shape: readonly number[];
  /** Floats of any width as float32. */
  readonly values: Float32Array | Int32Array;
}

const LENGTH_BYTES = 8;
const MAX_HEADER_BYTES = 100 * 1024 * 1024;

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** @throws GreeumError `embedding_model_unreadable` when the file contradicts itself, or holds types we do not read */
export function readTensors(bytes: Uint8Array, names: readonly string[]): ReadonlyMap<string, Tensor> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < LENGTH_BYTES) throw unreadable('is too short');
  const headerBytes = view.getBigUint64(0, true);
  if (headerBytes > MAX_HEADER_BYTES || Number(headerBytes) > bytes.length - LENGTH_BYTES) {
    throw unreadable('has no header');
  }
  const start = LENGTH_BYTES + Number(headerBytes);
  const header = readHeader(bytes.subarray(LENGTH_BYTES, start));
  const found = new Map<string, Tensor>();
  for (const name of names) {
    const entry = header[name];
    if (entry !== undefined) found.set(name, readTensor(name, entry, view, start));
  }
  return found;
}

function readHeader(bytes: Uint8Array): Record<string, unknown> {
  try {
    const header: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    if (typeof header === 'object' && header !== null) return header as Record<string, unknown>;
  } catch (error) {
    throw unreadable('has a header that is not JSON', error);
  }
  throw unreadable('has a header that is not JSON');
}

function readTensor(name: string, entry: unknown, view: DataView, start: number): Tensor {
  if (!isEntry(entry)) throw unreadable(`describes ${name} in a way we do not know`);
  const type = TYPES[entry.dtype];
  if (type === undefined) throw unreadable(`holds ${name} as ${entry.dtype}, which we do not read`);
  const [begin, end] = entry.data_offsets;
  const count = entry.shape.reduce((product, size) => product * size, 1);
  if (end - begin !== count * type.bytes || begin < 0 || start + end > view.byteLength) {
    throw unreadable(`ends in the middle of ${name}`);
  }
  const values = type.isFloat ? new Float32Array(count) : new Int32Array(count);
  for (let at = 0, from = start + begin; at < count; at++, from += type.bytes) values[at] = type.read(view, from);
  return { shape: entry.shape, values };
}

function isEntry(entry: unknown): entry is Entry {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Partial<Entry>;
  const areCounts = (list: unknown): list is number[] =>
    Array.isArray(list) && list.every((size) => Number.isSafeInteger(size) && size >= 0);
  return typeof dtype === 'string' && areCounts(shape) && areCounts(offsets) && offsets.length === 2;
}

interface NumberType {
  readonly bytes: number;
  readonly isFloat: boolean;
  read(view: DataView, at: number): number;
}

const TYPES: Readonly<Record<string, NumberType>> = {
  F64: { bytes: 8, isFloat: true, read: (view, at) => view.getFloat64(at, true) },
  F32: { bytes: 4, isFloat: true, read: (view, at) => view.getFloat32(at, true) },
  F16: { bytes: 2, isFloat: true, read: (view, at) => halfFloat(view.getUint16(at, true)) },
  BF16: { bytes: 2, isFloat: true, read: brainFloat },
  I8: { bytes: 1, isFloat: true, read: (view, at) => view.getInt8(at) },
  I32: { bytes: 4, isFloat: false, read: (view, at) => view.getInt32(at, true) },
  I64: { bytes: 8, isFloat: false, read: (view, at) => Number(view.getBigInt64(at, true)) },
};

/** IEEE 754 binary16. */
function halfFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const scratch = new DataView(new ArrayBuffer(4));

/** The upper half of a float32. */
function brainFloat(view: DataView, at: number): number {
  scratch.setUint32(0, view.getUint16(at, true) << 16);
  return scratch.getFloat32(0);
}

function unreadable(what: string, cause?: unknown): GreeumError {
  return new GreeumError('embedding_model_unreadable', `The model file ${what}.`, {
    hint: 'Download the model again: model.safetensors of a static model (Model2Vec).',
    cause,
  });
}
