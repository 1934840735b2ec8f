import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { ServerCommand } from '../../agents/index.js';
import { ENV } from '../../protocol/environment.js';
import { GreeumError } from '../../protocol/errors.js';
import { Disposable } from '../lifecycle.js';
import type { Log } from '../log.js';
import type { Settings } from '../settings.js';
import { launcherOf, serverCommandOf } from './launcher.js';

const { l10n } = vscode;

/** Where `greeum` of this extension is put, and what terminals learn of it. */
export interface CliPlace {
  /** The editor's folder for this extension's files: it outlives updates, so what points there stays true. */
  globalStorageUri: vscode.Uri;
  extensionPath: string;
  environmentVariableCollection: vscode.EnvironmentVariableCollection;
}

/**
 * The command line in the terminals of the editor. It comes last in PATH: where Python Greeum's own `greeum` is
 * installed that one is meant, and it forwards to the same worker.
 */
export class CompanionCli extends Disposable {
  /** The script to run; there once {@link written} has resolved. */
  readonly file: string;
  private readonly text: string;
  private writing: Promise<boolean> | undefined;

  constructor(
    private readonly place: CliPlace,
    private readonly settings: Settings,
    private readonly log: Log,
  ) {
    super();
    const script = path.join(place.extensionPath, 'dist', 'cli.js');
    const { fileName, text } = launcherOf(process.platform, { node: process.execPath, script });
    this.file = path.join(place.globalStorageUri.fsPath, 'bin', fileName);
    this.text = text;
  }

  /** Never rejects: a failure is in the log, and the next window tries again. */
  get written(): Promise<boolean> {
    return (this.writing ??= this.write());
  }

  /** How an agent starts our server: the data directory is named, because its environment may be another one. */
  serverCommand(dataDir: string): ServerCommand {
    return serverCommandOf(process.platform, this.file, { [ENV.dataDir]: dataDir });
  }

  /** Gives the command to the terminals of the editor. */
  offer(): void {
    void this.written;
    const variables = this.place.environmentVariableCollection;
    variables.description = l10n.t('Adds the command greeum, for the same memories as this editor.');
    variables.append('PATH', path.delimiter + path.dirname(this.file));
    const useFolder = (): void => variables.replace(ENV.dataDir, this.settings.current.dataDir);
    useFolder();
    this._register(this.settings.onDidChange(useFolder));
  }

  private async write(): Promise<boolean> {
    try {
      await writeExecutable(this.file, this.text);
      return true;
    } catch (error) {
      this.log.failure(GreeumError.from(error));
      return false;
    }
  }
}

/** Replaces the file at once, so that who runs it meanwhile reads the old text or the new. */
async function writeExecutable(file: string, text: string): Promise<void> {
  const current = await readFile(file, 'utf8').catch(() => null);
  if (current === text) return;
  await mkdir(path.dirname(file), { recursive: true });
  const next = `${file}.${process.pid}`;
  await writeFile(next, text);
  await chmod(next, 0o755);
  await rename(next, file);
}
