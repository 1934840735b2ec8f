/**
 * The rules of the slots A, B and C. A slot points at the latest memory of one line of thought: every memory goes to
 * a slot and moves its head, unless the slot is pinned.
 */

import type { RowWrite } from '../protocol/change.js';
import type { StoredSlot } from '../protocol/commands.js';
import type { BlockFacts, SlotFacts } from '../protocol/facts.js';
import type { SlotName } from '../protocol/operations.js';
import { firstCodePoints } from '../text/cut.js';
import { isStopWord } from '../text/stopWords.js';
import { likeness } from './likeness.js';

/** A memory at least this much like a slot's head belongs there; Greeum's number. */
const BELONGS_LIKENESS = 0.4;
/** A pause between two moves longer than this begins a new count of moves. */
const LONGEST_PAUSE_SECONDS = 30 * 60;
export const SUMMARY_CODE_POINTS = 160;

/** A slot as a row keeps it. */
export interface SlotState extends StoredSlot {
  pinned: boolean;
}

export interface Anchored {
  readonly hash: string;
  readonly content: string;
}

export class STMAnchorStore {
  readonly #slots: readonly SlotFacts[];

  /** @param slots A, B, C in this order */
  constructor(slots: readonly SlotFacts[]) {
    this.#slots = slots;
  }

  head(slot: SlotName): BlockFacts | null {
    return this.#find(slot)?.head ?? null;
  }

  state(slot: SlotName): SlotState {
    const { anchorHash, summary, topicVector, lastSeen, hysteresis, pinned } = this.#find(slot) ?? NEVER_USED;
    return { slot, anchorHash, summary, topicVector, lastSeen, hysteresis, pinned };
  }

  /**
   * The slot for a memory with these words: the one whose head is most like it (share of the memory's words, stop
   * words aside, that the head has) if that is enough; else the first empty one; else, of those that may move, the
   * least alike, the longest unused of equals. When all are pinned, the most alike.
   */
  choose(words: ReadonlySet<string>): SlotName {
    const telling = new Set([...words].filter((word) => !isStopWord(word)));
    const rated = this.#slots.map((facts) => ({
      facts,
      likeness: facts.head === null ? 0 : likeness(telling, facts.head.words),
    }));
    const [best] = [...rated].sort((a, b) => b.likeness - a.likeness);
    const movable = rated.filter(({ facts }) => !facts.pinned);
    const [replaced] = [...movable].sort((a, b) => a.likeness - b.likeness || a.facts.lastSeen - b.facts.lastSeen);
    const empty = movable.find(({ facts }) => facts.head === null);
    const chosen = best !== undefined && best.likeness >= BELONGS_LIKENESS ? best : (empty ?? replaced ?? best);
    return chosen?.facts.slot ?? 'A';
  }

  /**
   * The slot pointing at this block from now on, whether it is pinned or not.
   *
   * `hysteresis` counts how often the head has moved without a pause of more than 30 minutes in between: it tells how
   * busy the slot is now, and begins at 1 again after a pause. (Greeum counts since its process began.)
   */
  moved(slot: SlotName, { hash, content }: Anchored, atMs: number): SlotState {
    const now = this.state(slot);
    const seconds = atMs / 1000;
    const hasPaused = seconds - now.lastSeen > LONGEST_PAUSE_SECONDS;
    return {
      ...now,
      anchorHash: hash,
      summary: firstCodePoints(content, SUMMARY_CODE_POINTS),
      topicVector: null,
      lastSeen: seconds,
      hysteresis: hasPaused ? 1 : now.hysteresis + 1,
    };
  }

  /** The slot empty, and still pinned if it was. `lastSeen` is now, so that an older slot file does not fill it again. */
  cleared(slot: SlotName, atMs: number): SlotState {
    const empty = { anchorHash: null, summary: '', topicVector: null, hysteresis: 0 };
    return { ...this.state(slot), ...empty, lastSeen: atMs / 1000 };
  }

  #find(slot: SlotName): SlotFacts | undefined {
    return this.#slots.find((facts) => facts.slot === slot);
  }
}

const NEVER_USED = { anchorHash: null, summary: '', topicVector: null, lastSeen: 0, hysteresis: 0, pinned: false };

export function slotRow({ slot, anchorHash, topicVector, summary, lastSeen, hysteresis, pinned }: SlotState): RowWrite {
  return ['put', 'greeum_slots', [slot, anchorHash, topicVector, summary, lastSeen, hysteresis, pinned ? 1 : 0]];
}
