/** 64 callers in a process of their own, who write to the worker of `GREEUM_DATA_DIR`; sends adds a second. */

import { WriteServiceClient } from '../../src/client/writeServiceClient.js';
import { drive } from '../measure.js';
import { memoryTexts } from '../texts.js';

const CALLERS = 64;
const ADDS = 5_000;

async function write(): Promise<void> {
  const client = new WriteServiceClient({ source: 'api', use: 'require' });
  const texts = memoryTexts(ADDS, 31);
  const { perSecond } = await drive(ADDS, CALLERS, (index) => client.addMemory({ content: texts[index] ?? '' }));
  client.close();
  process.send?.(perSecond);
}

void write();
