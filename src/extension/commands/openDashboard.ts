import type { Services } from '../services.js';

/** Works without a worker too: it says so, and goes on by itself once there is one. */
export function openDashboard({ dashboard }: Services): void {
  dashboard.open();
}
