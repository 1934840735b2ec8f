import type { DayCount } from '../../dashboard/growth.js';
import type { MemoryService } from '../../protocol/memoryService.js';

/** A page of groups, and how many pages are asked for: 27 years of days with memories. */
const PAGE = 1000;
const MAX_PAGES = 10;

/** How many memories each day brought; days without any are not in it. */
export async function daysOf(service: MemoryService, signal: AbortSignal): Promise<DayCount[]> {
  const days: DayCount[] = [];
  let before: number | null = null;
  for (let page = 0; page < MAX_PAGES; page++) {
    const cursor: { before?: number } = before === null ? {} : { before };
    const { groups, next_before } = await service.call(
      'list_groups',
      { by: 'day', limit: PAGE, ...cursor },
      { signal },
    );
    days.push(...groups.map(({ key, blocks }) => ({ day: key ?? '', blocks })));
    if (next_before === null) break;
    before = next_before;
  }
  return days;
}
