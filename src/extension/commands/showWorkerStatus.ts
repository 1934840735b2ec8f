import type { Services } from '../services.js';

/** Opens the status as a document that follows the worker while it is open. */
export async function showWorkerStatus({ documents }: Services): Promise<void> {
  await documents.openStatus();
}
