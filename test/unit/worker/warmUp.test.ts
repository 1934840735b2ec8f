import { warmUp } from '../../../src/worker/warmUp.js';

describe('warming up', () => {
  // A heir that cannot warm up would never stand by: whatever the rules become, what is run here must go through.
  it('decides, writes and replays its memories, and needs no directory for it', () => warmUp());
});
