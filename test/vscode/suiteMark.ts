/** Starts every line of the suite's report: the workbench logs through the same channel, and much of it. */
export const suiteMark = '[suite]';
