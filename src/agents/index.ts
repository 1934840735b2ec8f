/** What `dist/agents.js` exports: a bundle of its own, because reading three formats takes code that little else needs. */

import { undoWrite, writeConfig } from './configFile.js';
import { agentNamed, changedLines, connectAgent, planConnect, planDisconnect } from './connect.js';
import { exchangeToken } from './renewToken.js';
import { surveyAgents } from './survey.js';
import { thisMachine } from './thisMachine.js';

export {
  agentNamed,
  changedLines,
  connectAgent,
  exchangeToken,
  planConnect,
  planDisconnect,
  surveyAgents,
  thisMachine,
  undoWrite,
  writeConfig,
};

export type { Machine, ServerCommand } from './agents.js';
export type { Written } from './configFile.js';
export type { Connected, Plan } from './connect.js';
export type { Renewal } from './renewToken.js';
export type { AgentState, SurveyedAgent } from './survey.js';

export interface AgentsModule {
  agentNamed: typeof agentNamed;
  changedLines: typeof changedLines;
  connectAgent: typeof connectAgent;
  planConnect: typeof planConnect;
  planDisconnect: typeof planDisconnect;
  exchangeToken: typeof exchangeToken;
  surveyAgents: typeof surveyAgents;
  thisMachine: typeof thisMachine;
  undoWrite: typeof undoWrite;
  writeConfig: typeof writeConfig;
}
