import * as vscode from 'vscode';
import { MCP_PATH } from '../protocol/jsonRpc.js';
import { MCP_PROVIDER_ID } from './ids.js';
import { Disposable } from './lifecycle.js';
import { chooseMcpTarget, type McpTarget } from './mcpServer.js';
import type { WorkerSession } from './workerSession.js';

/** Name of the server in the editor's list of MCP servers. */
export const MCP_SERVER_LABEL = 'Greeum';

/** Offers the worker's MCP endpoint to the editor's own agents. */
export class McpProvider
  extends Disposable
  implements vscode.McpServerDefinitionProvider<vscode.McpHttpServerDefinition>
{
  private readonly changed = this._register(new vscode.EventEmitter<void>());
  private offered = '';

  readonly onDidChangeMcpServerDefinitions = this.changed.event;

  constructor(
    private readonly session: WorkerSession,
    private readonly version: string,
  ) {
    super();
    // Some editors made from VS Code lack it; everything else works there, and agents take a copied configuration.
    const { lm } = vscode as { lm?: Partial<typeof vscode.lm> };
    const registration = lm?.registerMcpServerDefinitionProvider?.(MCP_PROVIDER_ID, this);
    if (registration !== undefined) this._register(registration);
    this._register(session.onDidChangeOwner(() => this.refresh()));
  }

  provideMcpServerDefinitions(): vscode.McpHttpServerDefinition[] {
    const target = this.target();
    this.offered = JSON.stringify(target);
    return target === null ? [] : [definitionOf(target, this.version)];
  }

  /** Called when an agent starts the server: the worker may have moved since the list was made. */
  async resolveMcpServerDefinition(
    server: vscode.McpHttpServerDefinition,
  ): Promise<vscode.McpHttpServerDefinition | undefined> {
    await this.session.whenSettled();
    const target = this.target();
    if (target === null) return undefined;
    const { uri, headers } = definitionOf(target, this.version);
    server.uri = uri;
    server.headers = headers;
    return server;
  }

  /** Tells the editor only when the way to the worker is another one: each event makes it ask again. */
  private refresh(): void {
    if (JSON.stringify(this.target()) !== this.offered) this.changed.fire();
  }

  private target(): McpTarget | null {
    return chooseMcpTarget(this.session.endpoints(), vscode.version, process.platform);
  }
}

function definitionOf(target: McpTarget, version: string): vscode.McpHttpServerDefinition {
  const headers = target.kind === 'http' ? target.headers : {};
  return new vscode.McpHttpServerDefinition(MCP_SERVER_LABEL, uriOf(target), headers, version);
}

/** The editor reads a socket's path from the URI's path and the request's path from its fragment. */
function uriOf(target: McpTarget): vscode.Uri {
  switch (target.kind) {
    case 'socket':
      return vscode.Uri.from({ scheme: 'unix', path: target.path, fragment: MCP_PATH });
    case 'pipe':
      return vscode.Uri.from({ scheme: 'pipe', path: target.name, fragment: MCP_PATH });
    case 'http':
      return vscode.Uri.parse(target.url);
  }
}
