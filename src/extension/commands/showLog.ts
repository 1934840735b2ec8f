import type { Services } from '../services.js';

export function showLog({ log }: Services): void {
  log.show();
}
