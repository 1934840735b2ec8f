/**
 * Entry of `dist/torture-host.js`: what the extension does of a VS Code window, without the window. It owns the
 * directory, or stands by until it can.
 */

import { WorkerHost } from '../client/workerHost.js';

const host = new WorkerHost({ host: 'vscode', source: 'vscode', dataDir: process.argv[2] });

// The one who started it ends it in order by closing its input.
process.stdin.on('end', () => void host.close()).resume();
void host.start();
