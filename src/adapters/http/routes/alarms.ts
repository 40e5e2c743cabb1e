/** `/api/v1/alarms`: what asks somebody to act, and what somebody did about it. */

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { type Alarm, type AlarmView, alarmView } from '../../../engine/index.ts';
import * as schemas from '../alarm-schemas.ts';
import { findTwin } from '../find-twin.ts';
import type { RouteContext } from '../options.ts';
import { ProblemError, type ProblemItem } from '../problem.ts';
import { problems } from '../replies.ts';
import { readTimeMs } from '../time.ts';

const IdParams = Type.Object({ id: Type.String({ description: 'Id of the alarm: twin~kind~subject.' }) });
const TwinParams = Type.Object({ id: Type.String({ description: 'Id of the twin.' }) });

const filter = {
  state: Type.Optional(schemas.AlarmState),
  severity: Type.Optional(schemas.AlarmSeverity),
};

const AlarmsQuery = Type.Object(
  {
    twin: Type.Optional(Type.String({ description: 'Only of this twin; * for those of the process.' })),
    ...filter,
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
    offset: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
  },
  { additionalProperties: false },
);

const TwinAlarmsQuery = Type.Object(filter, { additionalProperties: false });

const tags = ['alarms'];

export function alarmRoutes(context: RouteContext): void {
  const { fleet } = context;
  const { alarms } = fleet;
  /** Nobody is told of what a crash could take back. */
  const onceRecorded = async (alarm: Alarm): Promise<AlarmView> => {
    await fleet.recorded();
    return alarmView(alarm);
  };
  const app = context.app.withTypeProvider<TypeBoxTypeProvider>();

  app.get(
    '/api/v1/alarms',
    {
      schema: {
        operationId: 'listAlarms',
        summary: 'The alarms, what asks most first; without `state`, all but the normal ones',
        tags,
        querystring: AlarmsQuery,
        response: { 200: schemas.AlarmsPage, ...problems },
      },
    },
    (request) => {
      const { twin, state, severity, limit = 100, offset = 0 } = request.query;
      if (twin !== undefined && twin !== '*') findTwin(fleet, twin);
      const asked = {
        ...(twin !== undefined && { twin }),
        ...(state !== undefined && { state }),
        ...(severity !== undefined && { severity }),
      };
      const all = alarms.list(asked);
      const shown = all.slice(offset, offset + limit).map(alarmView);
      const page = { alarms: shown, counts: alarms.counts(), total: all.length, limit, offset };
      if (offset + limit >= all.length) return page;
      const query = new URLSearchParams({ ...asked, limit: String(limit), offset: String(offset + limit) });
      return { ...page, next: `/api/v1/alarms?${query.toString()}` };
    },
  );

  app.get(
    '/api/v1/twins/:id/alarms',
    {
      schema: {
        operationId: 'listTwinAlarms',
        summary: 'The alarms of a twin, what asks most first',
        tags,
        params: TwinParams,
        querystring: TwinAlarmsQuery,
        response: { 200: schemas.TwinAlarms, ...problems },
      },
    },
    (request) => {
      const { id } = findTwin(fleet, request.params.id).config;
      return { alarms: alarms.list({ twin: id, ...request.query }).map(alarmView) };
    },
  );

  app.get(
    '/api/v1/alarms/:id',
    {
      schema: {
        operationId: 'getAlarm',
        summary: 'An alarm, in whatever state',
        tags,
        params: IdParams,
        response: { 200: schemas.Alarm, ...problems },
      },
    },
    (request) => alarmView(alarms.get(request.params.id)),
  );

  app.post(
    '/api/v1/alarms/:id/acknowledge',
    {
      schema: {
        operationId: 'acknowledgeAlarm',
        summary: 'Says that somebody has seen an alarm',
        tags,
        params: IdParams,
        body: schemas.AcknowledgeBody,
        response: { 200: schemas.Alarm, ...problems },
      },
    },
    async (request) => onceRecorded(alarms.acknowledge(request.params.id, worded(request.body))),
  );

  app.post(
    '/api/v1/alarms/:id/shelve',
    {
      schema: {
        operationId: 'shelveAlarm',
        summary: 'Puts an alarm aside until a time',
        tags,
        params: IdParams,
        body: schemas.ShelveBody,
        response: { 200: schemas.Alarm, ...problems },
      },
    },
    async (request) => {
      const { seconds, until, ...act } = worded(request.body);
      const untilMs = readUntilMs({ seconds, until, nowMs: alarms.nowMs() });
      return onceRecorded(alarms.shelve(request.params.id, { ...act, untilMs }));
    },
  );

  app.post(
    '/api/v1/alarms/:id/unshelve',
    {
      schema: {
        operationId: 'unshelveAlarm',
        summary: 'Takes an alarm off the shelf; one that holds is then unacknowledged again',
        tags,
        params: IdParams,
        body: schemas.UnshelveBody,
        response: { 200: schemas.Alarm, ...problems },
      },
    },
    async (request) => onceRecorded(alarms.unshelve(request.params.id, worded(request.body))),
  );
}

/**
 * Texts of a body without spaces around them.
 *
 * @throws ProblemError `HTTP_INVALID` for one that says nothing, or has a line break or another control character.
 */
function worded<T extends object>(body: T): T {
  const errors: ProblemItem[] = [];
  const entries = Object.entries(body).map(([name, value]: [string, unknown]) => {
    if (typeof value !== 'string') return [name, value];
    const at = `#/${name}`;
    const text = value.trim();
    if (text === '') errors.push({ at, detail: `${at} must say something, not only spaces` });
    else if (/\p{Cc}/u.test(text)) errors.push({ at, detail: `${at} must be one line of plain text` });
    return [name, text];
  });
  if (errors.length > 0) throw new ProblemError('HTTP_INVALID', errors[0]?.detail ?? '', { errors });
  return Object.fromEntries(entries) as T;
}

interface Until {
  readonly seconds: number | undefined;
  readonly until: unknown;
  readonly nowMs: number;
}

function readUntilMs({ seconds, until, nowMs }: Until): number {
  if ((seconds === undefined) === (until === undefined)) {
    const detail = 'the body must have either `seconds` or `until`';
    throw new ProblemError('HTTP_INVALID', detail, { errors: [{ at: '#', detail }] });
  }
  return seconds === undefined ? readTimeMs(until, '#/until') : nowMs + seconds * 1000;
}
