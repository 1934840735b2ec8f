/** What the doctor says of a copy of a team's memory, and of the database. Changes nothing there and here. */

import type { DoctorFinding } from '../protocol/doctor.js';
import { GreeumError } from '../protocol/errors.js';
import type { TeamDatabase } from '../protocol/teamLog.js';
import { isCopy, mismatchOf, positionOf, type Holdings } from './position.js';

/** As it lies on the disk, sense or nonsense. */
export type FoundHoldings = Omit<Holdings, 'position'> & { readonly teamState: string | null };

/**
 * @param found null: the memory could not be opened, which other findings say
 * @param database null: none is named
 */
export async function examineTeam(
  found: FoundHoldings | null,
  database: TeamDatabase | null,
): Promise<DoctorFinding[]> {
  const teamState = found?.teamState ?? null;
  if (database === null) return teamState === null ? [] : [of('warning', isCopy())];
  try {
    const position = positionOf(teamState);
    const head = await database.look();
    const place = `The memory at ${database.place}`;
    if (head === null) return [is('note', `${place} is not there yet; the first connection makes it.`)];
    const mismatch = found === null ? null : mismatchOf({ ...found, position }, head, position?.seq ?? 0);
    if (mismatch !== null) return [of('warning', mismatch)];
    const here = position === null ? 'nothing of it is here yet' : `${position.seq} are here`;
    return [is('ok', `${place} has ${head.seq} entries; ${here}.`)];
  } catch (error) {
    return [of('warning', GreeumError.from(error))];
  } finally {
    await database.close();
  }
}

function of(severity: DoctorFinding['severity'], { message, hint }: GreeumError): DoctorFinding {
  return is(severity, hint === undefined ? message : `${message} ${hint}`);
}

function is(severity: DoctorFinding['severity'], sentence: string): DoctorFinding {
  return { area: 'team', severity, sentence, remedy: null };
}
