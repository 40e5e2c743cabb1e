/** What clients of the stream may say, and the few fixed things that are said to them. */

import Type from 'typebox';
import { didYouMean, type ErrorCode, type GemelError } from '../../../core/diagnose/index.ts';
import { ProblemError } from '../problem.ts';
import { findProblems, show } from '../validation.ts';

export const STREAM_PATH = '/api/v1/stream';

const strict = { additionalProperties: false } as const;

const Twins = Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: 1000 });

const Subscribe = Type.Object(
  {
    type: Type.Literal('subscribe'),
    topic: Type.Optional(Type.Literal('states')),
    twins: Twins,
    signals: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 200 }), { minItems: 1, maxItems: 200 }),
    ),
    everyMs: Type.Optional(Type.Integer({ minimum: 0, maximum: 3_600_000 })),
  },
  strict,
);
const SubscribeAlarms = Type.Object(
  { type: Type.Literal('subscribe'), topic: Type.Literal('alarms'), twins: Type.Optional(Twins) },
  strict,
);
const SubscribeJobs = Type.Object({ type: Type.Literal('subscribe'), topic: Type.Literal('jobs') }, strict);
const Unsubscribe = Type.Object(
  {
    type: Type.Literal('unsubscribe'),
    topic: Type.Optional(Type.Union([Type.Literal('states'), Type.Literal('alarms'), Type.Literal('jobs')])),
  },
  strict,
);
const Ping = Type.Object({ type: Type.Literal('ping') }, strict);

export type Subscribe = Type.Static<typeof Subscribe>;
export type ClientMessage =
  | Subscribe
  | Type.Static<typeof SubscribeAlarms>
  | Type.Static<typeof SubscribeJobs>
  | Type.Static<typeof Unsubscribe>
  | Type.Static<typeof Ping>;

const schemas = { subscribe: Subscribe, unsubscribe: Unsubscribe, ping: Ping } as const;
type MessageType = keyof typeof schemas;

/** What can be subscribed to. */
const topics = ['states', 'alarms', 'jobs'];

/** Ids with `*` in them; more would make a subscription dear. */
const wildcardLimit = 32;

/** @throws ProblemError `STREAM_MESSAGE` */
export function parseClientMessage(text: string): ClientMessage {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new ProblemError('STREAM_MESSAGE', 'the message is not JSON');
  }
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
  if (typeof type !== 'string' || !isMessageType(type)) {
    const near = typeof type === 'string' ? didYouMean(type, Object.keys(schemas)) : undefined;
    const hint = near ?? 'types: subscribe, unsubscribe, ping';
    throw new ProblemError('STREAM_MESSAGE', `unknown message type ${show(type)}`, { hint });
  }
  const topic = typeof value === 'object' && value !== null && 'topic' in value ? value.topic : undefined;
  if (topic !== undefined && type !== 'ping' && !topics.some((known) => known === topic)) {
    const hint = `topics: ${topics.join(', ')}`;
    throw new ProblemError('STREAM_MESSAGE', `unknown topic ${show(topic)}`, { hint });
  }
  const schema = (type === 'subscribe' ? subscribeTo(topic) : undefined) ?? schemas[type];
  const [problem] = findProblems(schema, value, '#');
  if (problem !== undefined) throw new ProblemError('STREAM_MESSAGE', problem.detail, { hint: problem.hint });
  const message = value as ClientMessage;
  const named = 'twins' in message ? (message.twins ?? []) : [];
  if (named.filter((id) => id.includes('*')).length > wildcardLimit) {
    throw new ProblemError('STREAM_MESSAGE', `more than ${wildcardLimit} twins with a wildcard`);
  }
  return message;
}

function subscribeTo(topic: unknown): typeof SubscribeAlarms | typeof SubscribeJobs | undefined {
  if (topic === 'alarms') return SubscribeAlarms;
  return topic === 'jobs' ? SubscribeJobs : undefined;
}

function isMessageType(type: string): type is MessageType {
  return Object.hasOwn(schemas, type);
}

/** Whether `id` fits a pattern in which `*` stands for any text. Its time is at most |id| · |pattern|. */
export function matchesPattern(pattern: string, id: string): boolean {
  let p = 0;
  let i = 0;
  let star = -1;
  let resume = 0;
  while (i < id.length) {
    if (pattern[p] === '*') {
      star = p++;
      resume = i;
    } else if (pattern[p] === id[i]) {
      p++;
      i++;
    } else if (star !== -1) {
      p = star + 1;
      i = ++resume;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

interface ErrorMessage {
  readonly type: 'error';
  readonly code: ErrorCode;
  readonly detail: string;
  readonly hint: string;
}

export function errorMessage(error: GemelError, remedy: string): string {
  const message: ErrorMessage = {
    type: 'error',
    code: error.code,
    detail: error.message,
    hint: error.hint ?? remedy,
  };
  return JSON.stringify(message);
}
