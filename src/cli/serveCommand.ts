import { CommanderError } from 'commander';
import { EXIT } from './exitCodes.js';
import type { ServeOptions } from './serveOptions.js';
import type { Shell } from './shell.js';

/** Each way to serve brings code that no other command needs, so it is loaded only here. */
export async function serve(shell: Shell, options: ServeOptions): Promise<void> {
  if (options.transport === 'stdio') {
    if (options.detach === true) {
      throw new CommanderError(
        EXIT.usage,
        'greeum.usage',
        '--detach takes stdin and stdout away, which -t stdio needs.',
      );
    }
    return (await import('./serveStdio.js')).serveStdio(shell, options);
  }
  if (options.detach === true) return (await import('./detach.js')).serveDetached(shell, options);
  return (await import('./serveHttp.js')).serveHttp(shell, options);
}
