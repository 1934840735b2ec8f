import type { Environment } from '../protocol/environment.js';
import type { ExitCode } from './exitCodes.js';
import type { Output, TextSink } from './output.js';

/** What the command line sees of the process. */
export interface System {
  readonly env: Environment;
  readonly stdin: AsyncIterable<Buffer>;
  readonly stdout: TextSink;
  readonly stderr: TextSink;
}

/** What the commands are made with. */
export interface Shell {
  readonly system: System;
  readonly output: Output;
  readonly setExitCode: (code: ExitCode) => void;
}
