import { loadBundle } from '../client/distFiles.js';
import { VERSION } from '../protocol/version.js';
import type { StdioModule } from '../mcp/stdio.js';
import type { Shell } from './shell.js';
import { nameProcess, openHost, untilSignal } from './serving.js';
import type { ServeOptions } from './serveOptions.js';

/**
 * Speaks MCP on stdin and stdout until stdin ends. Answers the handshake at once; calls wait for the worker, which is
 * another process or, when there is none, this one. Nothing but the protocol goes to stdout.
 */
export async function serveStdio(shell: Shell, options: ServeOptions): Promise<void> {
  nameProcess('greeum-stdio');
  const host = openHost(shell, options, 'mcp');
  const say = (text: string): void => shell.output.note(`greeum: ${text}`);
  host.onLog(({ level, text }) => (level === 'warn' || level === 'error') && say(text));
  host.onState(({ phase, error }) => phase === 'failed' && error !== null && say(error.message));
  const { serveStdio: serve } = loadBundle('mcp-stdio.js') as StdioModule;
  try {
    void host.start();
    const served = serve({
      service: host.service,
      version: VERSION,
      onChange: (listener) => {
        const listening = host.onStatus(() => listener());
        return () => listening.dispose();
      },
      onError: ({ message }) => say(message),
    });
    await Promise.race([served, untilSignal()]);
  } finally {
    await host.close();
    // After a signal it is still open, and would keep the process.
    process.stdin.destroy();
  }
}
