/** Entry of `dist/cli.js`, the `greeum` command. */

import { runCli } from './run.js';

// A reader that has seen enough (`greeum memory list | head -1`) is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

void runCli(process.argv.slice(2), process).then((code) => {
  // Not `process.exit`: what is still on its way through a pipe would be cut off.
  process.exitCode = code;
});
