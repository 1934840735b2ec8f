import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { JsonObject } from '../protocol/json.js';
import { findGit, type GitPlace } from './gitPlace.js';
import { projectOf } from './selection.js';

/** Name of the project that this window, or a file in it, belongs to; undefined in an empty window. */
export function currentProject(file = vscode.window.activeTextEditor?.document.uri): string | undefined {
  return projectOf(workspaceFolder(file)?.name).project;
}

/** What a memory made here says about where it comes from: its project, and the branch of git that was checked out. */
export async function originOf(file?: vscode.Uri): Promise<{ project?: string; metadata: JsonObject }> {
  const folder = workspaceFolder(file);
  const git = await gitOf(folder?.uri ?? file);
  const project = projectOf(folder?.name ?? (git === null ? undefined : path.basename(git.root)));
  return { ...project, metadata: git === null || git.branch === null ? {} : { git_branch: git.branch } };
}

/** The workspace folder of the file, else the only one there is. */
function workspaceFolder(file: vscode.Uri | undefined): vscode.WorkspaceFolder | undefined {
  const { workspaceFolders, getWorkspaceFolder } = vscode.workspace;
  const ofFile = file === undefined ? undefined : getWorkspaceFolder(file);
  return ofFile ?? (workspaceFolders?.length === 1 ? workspaceFolders[0] : undefined);
}

/** Read from the repository's own files: quick, and there also where the editor's git support is turned off. */
async function gitOf(place: vscode.Uri | undefined): Promise<GitPlace | null> {
  return place?.scheme === 'file' ? findGit(place.fsPath, readText) : null;
}

async function readText(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch {
    // Absent, a folder, or out of reach: in each case not a file that tells a branch.
    return null;
  }
}
