export const SLOT_NAMES = ['A', 'B', 'C'] as const;
export type SlotName = (typeof SLOT_NAMES)[number];
