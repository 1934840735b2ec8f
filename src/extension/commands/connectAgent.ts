import path from 'node:path';
import * as vscode from 'vscode';
import type { AgentsModule, Connected, Plan, SurveyedAgent, Written } from '../../agents/index.js';
import { loadBundle } from '../../client/distFiles.js';
import { GreeumError } from '../../protocol/errors.js';
import { pickAgent } from '../agentPicker.js';
import { tryWithPerson } from '../errors.js';
import { CONTEXT_KEYS } from '../ids.js';
import type { Services } from '../services.js';

const { l10n } = vscode;

/** An agent starts the server, and the first one may have to become the worker. */
const PROBE_TIMEOUT_MS = 20_000;

/**
 * Puts Greeum into the configuration of an agent of this machine: shows the change, writes it on consent, starts the
 * server as the file then says, and offers to take all of it back.
 */
export async function connectAgent(services: Services): Promise<void> {
  const found = await tryWithPerson(() => survey(services), services.log);
  const picked = found === undefined ? undefined : await pickAgent(found);
  if (picked === undefined) return;
  if (picked === 'editor') await tellOfEditor(services);
  else if (picked.state === 'connected') await askAboutConnected(services, picked);
  else if (picked.state === 'unreadable') await open(picked.file);
  else await connect(services, picked);
}

const agents = (): AgentsModule => loadBundle('agents.js') as AgentsModule;

async function survey({ cli, settings }: Services): Promise<SurveyedAgent[]> {
  if (!(await cli.written)) throw new GreeumError('internal', 'The command greeum could not be written; see the log.');
  const { surveyAgents, thisMachine } = agents();
  return surveyAgents(thisMachine(process.env), cli.serverCommand(settings.current.dataDir));
}

async function tellOfEditor({ session }: Services): Promise<void> {
  const list = l10n.t('List Servers');
  const message =
    session.state.role === null
      ? l10n.t('Agents of this editor have Greeum by themselves, as soon as its worker runs.')
      : l10n.t('Agents of this editor have Greeum by themselves: it is among their MCP servers.');
  const pressed = await vscode.window.showInformationMessage(message, list);
  if (pressed === list) await vscode.commands.executeCommand('workbench.mcp.listServer');
}

async function connect(services: Services, { agent }: SurveyedAgent): Promise<void> {
  const { cli, settings, log } = services;
  const machine = agents().thisMachine(process.env);
  const server = cli.serverCommand(settings.current.dataDir);
  const plan = await tryWithPerson(() => agents().planConnect(agent, machine, server), log);
  if (plan === undefined || !(await isWanted(services, plan, l10n.t('Connect {0}', agent.name)))) return;
  const title = l10n.t('Greeum: connecting {0}, and trying the server', agent.name);
  const connected = await tryWithPerson(
    () => inProgress(title, () => agents().connectAgent(plan, PROBE_TIMEOUT_MS)),
    log,
  );
  if (connected === undefined) return;
  await vscode.commands.executeCommand('setContext', CONTEXT_KEYS.agentConnected, true);
  await tellConnected(services, plan, connected);
}

/** Shows the exact change beside a question; looking at it does not close the question. */
async function isWanted({ documents }: Services, { file, before, after }: Plan, yes: string): Promise<boolean> {
  const name = path.basename(file);
  const now = documents.page(`${l10n.t('now')}/${name}`, before ?? '');
  const then = documents.page(`${l10n.t('then')}/${name}`, after);
  const title = l10n.t('{0}: what Greeum would change', name);
  await vscode.commands.executeCommand('vscode.diff', now, then, title, { preview: true });
  const message = l10n.t('Write this to {0}? A copy of the file is kept.', file);
  const pressed = await vscode.window.showInformationMessage(message, yes, l10n.t('Cancel'));
  await closeDiff(then);
  return pressed === yes;
}

/** Its question is answered. */
async function closeDiff(modified: vscode.Uri): Promise<void> {
  const key = modified.toString();
  const tabs = vscode.window.tabGroups.all.flatMap(({ tabs: each }) => each);
  const open = tabs.filter(
    ({ input }) => input instanceof vscode.TabInputTextDiff && input.modified.toString() === key,
  );
  if (open.length > 0) await vscode.window.tabGroups.close(open);
}

async function tellConnected({ log }: Services, plan: Plan, { written, tools }: Connected): Promise<void> {
  const { name } = plan.agent;
  const undo = l10n.t('Undo');
  const show = l10n.t('Open File');
  const sentences = [
    l10n.t('{0} is connected: the server answers with {1} tools. Start {0} anew to use it.', name, tools.length),
    ...(written.backup === null ? [] : [l10n.t('The file as it was: {0}', written.backup)]),
  ];
  const pressed = await vscode.window.showInformationMessage(sentences.join(' '), show, undo);
  if (pressed === show) await open(written.file);
  if (pressed === undo) await undoIt(written, log);
}

async function undoIt(written: Written, log: Services['log']): Promise<void> {
  const done = await tryWithPerson(async () => {
    await agents().undoWrite(written);
    return true;
  }, log);
  if (done !== true) return;
  await vscode.window.showInformationMessage(l10n.t('{0} is as it was before.', written.file));
}

async function askAboutConnected(services: Services, connected: SurveyedAgent): Promise<void> {
  const { agent, file } = connected;
  const disconnect = {
    label: `$(debug-disconnect) ${l10n.t('Disconnect…')}`,
    run: () => disconnectAgent(services, connected),
  };
  const show = { label: `$(go-to-file) ${l10n.t('Open Configuration')}`, detail: file, run: () => open(file) };
  const title = l10n.t('Greeum: {0} is connected', agent.name);
  await (await vscode.window.showQuickPick([show, disconnect], { title }))?.run();
}

async function disconnectAgent(services: Services, { agent }: SurveyedAgent): Promise<void> {
  const { planDisconnect, thisMachine, writeConfig } = agents();
  const plan = await tryWithPerson(() => planDisconnect(agent, thisMachine(process.env)), services.log);
  if (plan === undefined || plan === null) return;
  if (!(await isWanted(services, plan, l10n.t('Disconnect {0}', agent.name)))) return;
  const written = await tryWithPerson(() => writeConfig(plan.file, plan.before, plan.after), services.log);
  if (written === undefined) return;
  const undo = l10n.t('Undo');
  const message = l10n.t('{0} is not connected any more.', agent.name);
  if ((await vscode.window.showInformationMessage(message, undo)) === undo) await undoIt(written, services.log);
}

async function open(file: string): Promise<void> {
  await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file));
}

async function inProgress<T>(title: string, work: () => Promise<T>): Promise<T> {
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Notification, title }, work);
}
