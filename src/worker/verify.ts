/** `verify`: the hash chain and every reference, over what is durable now. */

import { rebase } from '../memory/rebase.js';
import { verifyRows } from '../memory/verify.js';
import type { VerifyResult } from '../protocol/operations.js';
import type { Files } from '../storage/files.js';
import type { Layout } from '../storage/layout.js';
import { openMemory } from '../storage/recovery.js';
import { verifyInput } from '../storage/verifyRows.js';

/** @throws GreeumError of a directory that cannot be opened */
export async function verifyMemory(files: Files, layout: Layout): Promise<VerifyResult> {
  const { image } = await openMemory(files, layout, { rebase });
  try {
    return verifyRows(verifyInput(image.sql));
  } finally {
    image.close();
  }
}
