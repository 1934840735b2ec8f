import { decideImportSlots } from '../memory/decideImportSlots.js';
import { loadEngine } from '../storage/engine.js';
import type { Files } from '../storage/files.js';
import { Gatherer } from '../storage/gather.js';
import type { Image } from '../storage/image.js';
import { RecentBlocks } from '../storage/recentBlocks.js';
import { readSlotsFile } from '../storage/slotsFile.js';

/** Slots that Python has moved since, as an owner would take them over: here in the reader's own image. */
export async function takeStoredSlots(files: Files, path: string, image: Image): Promise<void> {
  let slots;
  try {
    slots = readSlotsFile(files, await loadEngine(), path);
  } catch {
    // The owner says so in its log, and goes on with the slots it has; so does a reader.
    return;
  }
  const facts = { slots: new Gatherer(image.sql, new RecentBlocks(image.sql)).slots() };
  image.applyRows(decideImportSlots({ slots }, facts).rows);
}
