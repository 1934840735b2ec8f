import { UsageError } from './commandSpec.js';
import type { ServeOptions, Transport } from './serveOptions.js';
import type { Shell } from './shell.js';

/** Each way to serve brings code that no other command needs, so it is loaded only here. */
export async function serve(shell: Shell, options: ServeOptions, usual: Transport): Promise<void> {
  if ((options.transport ?? usual) === 'stdio') {
    if (options.detach === true) {
      throw new UsageError('--detach takes stdin and stdout away, which -t stdio needs.');
    }
    return (await import('./serveStdio.js')).serveStdio(shell, options);
  }
  if (options.detach === true) return (await import('./detach.js')).serveDetached(shell, options);
  return (await import('./serveHttp.js')).serveHttp(shell, options);
}
