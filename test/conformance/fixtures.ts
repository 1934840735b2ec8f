/**
 * What the referee's scenarios call: tools, resources and prompts of fixed names. They are added to the product's own
 * MCP server, so that everything around them is the real thing: doors, token, guards, routes, sessions, both eras.
 * Nothing of this is in a bundle; `integration/packaging.test.ts` looks.
 */

import {
  acceptedContent,
  inputRequired,
  ProtocolError,
  ProtocolErrorCode,
  type CallToolResult,
  type ElicitRequestFormParams,
  type GetPromptResult,
  type InputRequiredResult,
  type ServerContext,
  type Tool,
} from '@modelcontextprotocol/server';
import { setTimeout as sleep } from 'node:timers/promises';

/** One red pixel. */
export const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';
/** A sound without samples. */
const WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEARKwAAIhYAQACABAAZGF0YQAAAAA=';
/** How long the referee wants a tool to work between two messages. */
const WORK_MS = 50;

type Outcome = CallToolResult | InputRequiredResult;

export interface FixtureTool {
  readonly description: string;
  readonly inputSchema?: Tool['inputSchema'];
  call(args: Readonly<Record<string, unknown>>, context: ServerContext): Outcome | Promise<Outcome>;
}

const text = (said: string): CallToolResult => ({ content: [{ type: 'text', text: said }] });

const nameForm: Form = { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] };

const CONTENT_TOOLS: Readonly<Record<string, FixtureTool>> = {
  test_simple_text: {
    description: 'Answers with text.',
    call: () => text('This is a simple text response for testing.'),
  },
  test_image_content: {
    description: 'Answers with an image.',
    call: () => ({ content: [{ type: 'image', data: PNG, mimeType: 'image/png' }] }),
  },
  test_audio_content: {
    description: 'Answers with a sound.',
    call: () => ({ content: [{ type: 'audio', data: WAV, mimeType: 'audio/wav' }] }),
  },
  test_embedded_resource: {
    description: 'Answers with a resource.',
    call: () => ({
      content: [
        {
          type: 'resource',
          resource: {
            uri: 'test://embedded-resource',
            mimeType: 'text/plain',
            text: 'This is an embedded resource content.',
          },
        },
      ],
    }),
  },
  test_multiple_content_types: {
    description: 'Answers with text, an image and a resource.',
    call: () => ({
      content: [
        { type: 'text', text: 'Multiple content types test:' },
        { type: 'image', data: PNG, mimeType: 'image/png' },
        {
          type: 'resource',
          resource: {
            uri: 'test://mixed-content-resource',
            mimeType: 'application/json',
            text: JSON.stringify({ test: 'data', value: 123 }),
          },
        },
      ],
    }),
  },
  test_tool_with_logging: {
    description: 'Sends three log messages.',
    async call(_args, { mcpReq }) {
      await mcpReq.log('info', 'Tool execution started');
      await sleep(WORK_MS);
      await mcpReq.log('info', 'Tool processing data');
      await sleep(WORK_MS);
      await mcpReq.log('info', 'Tool execution completed');
      return text('Logged.');
    },
  },
  test_error_handling: {
    description: 'Fails.',
    call: () => ({ ...text('This tool intentionally returns an error for testing'), isError: true }),
  },
  test_tool_with_progress: {
    description: 'Tells its progress.',
    async call(_args, { mcpReq }) {
      const progressToken = mcpReq._meta?.progressToken;
      for (const progress of [0, 50, 100]) {
        if (progressToken !== undefined) {
          const params = { progressToken, progress, total: 100 };
          await mcpReq.notify({ method: 'notifications/progress', params });
        }
        if (progress < 100) await sleep(WORK_MS);
      }
      return text('Done.');
    },
  },
  test_sampling: {
    description: 'Asks the model of the client.',
    inputSchema: { type: 'object', properties: { prompt: { type: 'string' } }, required: ['prompt'] },
    async call({ prompt }, { mcpReq }) {
      const answer = await mcpReq.requestSampling({
        messages: [{ role: 'user', content: { type: 'text', text: String(prompt) } }],
        maxTokens: 100,
      });
      return text(`LLM response: ${JSON.stringify(answer.content)}`);
    },
  },
  test_elicitation: {
    description: 'Asks the user.',
    inputSchema: { type: 'object', properties: { message: { type: 'string' } }, required: ['message'] },
    call: ({ message }, context) =>
      askUser(context, String(message), {
        properties: {
          username: { type: 'string', description: "User's response" },
          email: { type: 'string', description: "User's email address" },
        },
        required: ['username', 'email'],
      }),
  },
  test_elicitation_sep1034_defaults: {
    description: 'Asks the user, with defaults.',
    call: (_args, context) =>
      askUser(context, 'Please check these values.', {
        properties: {
          name: { type: 'string', default: 'John Doe' },
          age: { type: 'integer', default: 30 },
          score: { type: 'number', default: 95.5 },
          status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
          verified: { type: 'boolean', default: true },
        },
      }),
  },
  test_elicitation_sep1330_enums: {
    description: 'Asks the user to choose.',
    call: (_args, context) => {
      const names = ['option1', 'option2', 'option3'];
      const titled = (title: string) => [
        { const: 'value1', title: `First ${title}` },
        { const: 'value2', title: `Second ${title}` },
        { const: 'value3', title: `Third ${title}` },
      ];
      return askUser(context, 'Please choose.', {
        properties: {
          untitledSingle: { type: 'string', enum: names },
          titledSingle: { type: 'string', oneOf: titled('Option') },
          legacyEnum: {
            type: 'string',
            enum: ['opt1', 'opt2', 'opt3'],
            enumNames: ['Option One', 'Option Two', 'Option Three'],
          },
          untitledMulti: { type: 'array', items: { type: 'string', enum: names } },
          titledMulti: { type: 'array', items: { anyOf: titled('Choice') } },
        },
      });
    },
  },
  test_input_required_result_elicitation: {
    description: 'Needs the name of the user.',
    call: (_args, { mcpReq }) => {
      const name = acceptedContent(mcpReq.inputResponses, 'user_name')?.['name'];
      return typeof name === 'string'
        ? text(`Hello, ${name}!`)
        : inputRequired({ inputRequests: { user_name: elicit('What is your name?', nameForm) } });
    },
  },
  test_input_required_result_sampling: {
    description: 'Needs an answer of the model.',
    call: (_args, { mcpReq }) => {
      const answer = mcpReq.inputResponses?.['capital_question'];
      return answer === undefined
        ? inputRequired({ inputRequests: { capital_question: sample('What is the capital of France?', 100) } })
        : text(`The model said: ${JSON.stringify(answer)}`);
    },
  },
  test_input_required_result_list_roots: {
    description: 'Needs the roots of the client.',
    call: (_args, { mcpReq }) => {
      const roots = mcpReq.inputResponses?.['client_roots'];
      return roots === undefined
        ? inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } })
        : text(`Roots: ${JSON.stringify(roots)}`);
    },
  },
  test_input_required_result_request_state: {
    description: 'Needs a confirmation, and its own state back.',
    call: (_args, { mcpReq }) => {
      if (mcpReq.requestState() === undefined) {
        const form: Form = { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] };
        return inputRequired({
          inputRequests: { confirm: elicit('Please confirm', form) },
          requestState: signed('confirm'),
        });
      }
      return text(`state-ok: ${opened(mcpReq.requestState())}`);
    },
  },
  test_input_required_result_multiple_inputs: {
    description: 'Needs three things at once.',
    call: (_args, { mcpReq }) => {
      const answers = mcpReq.inputResponses ?? {};
      const needed = {
        user_name: elicit('What is your name?', nameForm),
        greeting: sample('Generate a greeting', 50),
        client_roots: inputRequired.listRoots(),
      };
      const isComplete = Object.keys(needed).every((key) => answers[key] !== undefined);
      return isComplete ? text('Complete.') : inputRequired({ inputRequests: needed, requestState: signed('three') });
    },
  },
  test_input_required_result_multi_round: {
    description: 'Asks twice.',
    call: (_args, { mcpReq }) => {
      const state = mcpReq.requestState() === undefined ? null : opened(mcpReq.requestState());
      if (state === null) {
        return inputRequired({
          inputRequests: { step1: elicit('Step 1: What is your name?', nameForm) },
          requestState: signed('round-1'),
        });
      }
      if (state === 'round-1') {
        const form: Form = { type: 'object', properties: { color: { type: 'string' } }, required: ['color'] };
        return inputRequired({
          inputRequests: { step2: elicit('Step 2: What is your favorite color?', form) },
          requestState: signed('round-2'),
        });
      }
      return text('Both rounds are done.');
    },
  },
  test_input_required_result_tampered_state: {
    description: 'Notices when its state was changed.',
    call: (_args, { mcpReq }) => {
      if (mcpReq.requestState() === undefined) {
        return inputRequired({
          inputRequests: { confirm: elicit('Please confirm', nameForm) },
          requestState: signed('untouched'),
        });
      }
      return text(opened(mcpReq.requestState()));
    },
  },
  test_input_required_result_capabilities: {
    description: 'Needs whatever the client can give.',
    call: (_args, { mcpReq }) => {
      if (mcpReq.inputResponses !== undefined) return text('Complete.');
      const can = (mcpReq.envelope as Record<string, unknown> | undefined)?.[
        'io.modelcontextprotocol/clientCapabilities'
      ] as { sampling?: object; elicitation?: object } | undefined;
      return inputRequired({
        inputRequests: {
          ...(can?.elicitation === undefined ? {} : { user_name: elicit('What is your name?', nameForm) }),
          ...(can?.sampling === undefined ? {} : { greeting: sample('Generate a greeting', 50) }),
        },
        requestState: signed('capabilities'),
      });
    },
  },
};

/** Diagnostics of the newer era. */
const DIAGNOSTICS: Readonly<Record<string, FixtureTool>> = {
  test_missing_capability: {
    description: 'Needs the model of the client, always.',
    call: () => inputRequired({ inputRequests: { answer: sample('Anything', 10) } }),
  },
  test_streaming_elicitation: {
    description: 'Tells its progress and needs the name of the user.',
    async call(_args, { mcpReq }) {
      await mcpReq.log('info', 'Asking');
      return inputRequired({ inputRequests: { user_name: elicit('What is your name?', nameForm) } });
    },
  },
  test_logging_tool: {
    description: 'Sends a log message.',
    async call(_args, { mcpReq }) {
      await mcpReq.log('info', 'Working');
      return text('Done.');
    },
  },
};

export const TOOLS: Readonly<Record<string, FixtureTool>> = { ...CONTENT_TOOLS, ...DIAGNOSTICS };

export const RESOURCES = [
  {
    uri: 'test://static-text',
    name: 'static-text',
    description: 'A text that stays.',
    mimeType: 'text/plain',
    text: 'This is the content of the static text resource.',
  },
  {
    uri: 'test://static-binary',
    name: 'static-binary',
    description: 'Bytes that stay.',
    mimeType: 'image/png',
    blob: PNG,
  },
  {
    uri: 'test://watched-resource',
    name: 'watched-resource',
    description: 'A text to subscribe to.',
    mimeType: 'text/plain',
    text: 'Watched.',
  },
] as const;

export const TEMPLATE = {
  uriTemplate: 'test://template/{id}/data',
  name: 'template',
  description: 'One resource for each id.',
  mimeType: 'application/json',
} as const;

/** Null for any other address. */
export function fromTemplate(uri: string): string | null {
  const id = /^test:\/\/template\/([^/]+)\/data$/.exec(uri)?.[1];
  return id === undefined ? null : JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` });
}

interface FixturePrompt {
  readonly description: string;
  readonly arguments?: readonly string[];
  get(args: Readonly<Record<string, string>>, context: ServerContext): GetPromptResult | InputRequiredResult;
}

type Message = GetPromptResult['messages'][number];
const said = (words: string): Message => ({ role: 'user', content: { type: 'text', text: words } });

export const PROMPTS: Readonly<Record<string, FixturePrompt>> = {
  test_simple_prompt: {
    description: 'A prompt without arguments.',
    get: () => ({ messages: [said('This is a simple prompt for testing.')] }),
  },
  test_prompt_with_arguments: {
    description: 'A prompt with two arguments.',
    arguments: ['arg1', 'arg2'],
    get: ({ arg1, arg2 }) => ({ messages: [said(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`)] }),
  },
  test_prompt_with_embedded_resource: {
    description: 'A prompt that holds a resource.',
    arguments: ['resourceUri'],
    get: ({ resourceUri = '' }) => ({
      messages: [
        {
          role: 'user',
          content: {
            type: 'resource',
            resource: { uri: resourceUri, mimeType: 'text/plain', text: 'Embedded resource content for testing.' },
          },
        },
        said('Please process the embedded resource above.'),
      ],
    }),
  },
  test_prompt_with_image: {
    description: 'A prompt that holds an image.',
    get: () => ({
      messages: [
        { role: 'user', content: { type: 'image', data: PNG, mimeType: 'image/png' } },
        said('Please analyze the image above.'),
      ],
    }),
  },
  test_input_required_result_prompt: {
    description: 'A prompt that needs input.',
    get: (_args, { mcpReq }) => {
      const form: Form = { type: 'object', properties: { context: { type: 'string' } }, required: ['context'] };
      const context = acceptedContent(mcpReq.inputResponses, 'user_context')?.['context'];
      return typeof context === 'string'
        ? { messages: [said(`Context: ${context}`)] }
        : inputRequired({ inputRequests: { user_context: elicit('What context should the prompt use?', form) } });
    },
  },
};

/** Stands for a signature: whoever changes the text does not find the new end. */
export function signed(state: string): string {
  return `${state}.${checksum(state)}`;
}

function opened(token: unknown): string {
  const [state = '', proof] = String(token).split('.');
  if (proof === checksum(state)) return state;
  throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Invalid requestState.');
}

function checksum(state: string): string {
  return Array.from(state, (char) => ((char.codePointAt(0) ?? 0) ^ 0x55).toString(16)).join('');
}

type Form = Exclude<ElicitRequestFormParams['requestedSchema'], undefined>;

function elicit(message: string, requestedSchema: Form) {
  return inputRequired.elicit({ message, requestedSchema });
}

function sample(question: string, maxTokens: number) {
  return inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text: question } }],
    maxTokens,
  });
}

async function askUser(
  { mcpReq }: ServerContext,
  message: string,
  form: { properties: object; required?: string[] },
): Promise<CallToolResult> {
  const requestedSchema = { type: 'object', ...form } as unknown as Form;
  const { action, content } = await mcpReq.elicitInput({ message, requestedSchema });
  return text(`Elicitation completed: action=${action}, content=${JSON.stringify(content ?? {})}`);
}
