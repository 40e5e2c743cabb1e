/** `/api/v1/alarms`: what asks somebody to act, and what somebody did about it. */

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import { type Alarm, type AlarmView, alarmView, countAlarms, listAlarms } from '../../../engine/index.ts';
import * as schemas from '../alarm-schemas.ts';
import { findTwin } from '../find-twin.ts';
import type { RouteContext } from '../options.ts';
import { atField, AtQuery } from '../past/index.ts';
import { ProblemError, type ProblemItem } from '../problem.ts';
import { problems } from '../replies.ts';
import { readTimeMs } from '../time.ts';
import { show } from '../validation.ts';

const IdParams = Type.Object({ id: Type.String({ description: 'Id of the alarm: twin~kind~subject.' }) });
const TwinParams = Type.Object({ id: Type.String({ description: 'Id of the twin.' }) });

const filter = {
  state: Type.Optional(schemas.AlarmState),
  severity: Type.Optional(schemas.AlarmSeverity),
  ...atField,
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
  const { fleet, past } = context;
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
    async (request) => {
      const { limit = 100, offset = 0, at, ...asked } = request.query;
      const { twin } = asked;
      const moment = at === undefined ? undefined : await past.moment(at);
      if (moment === undefined && twin !== undefined && twin !== '*') findTwin(fleet, twin);
      if (twin !== undefined && twin !== '*') await moment?.need(twin);
      const then = await moment?.alarms();
      const all = then === undefined ? alarms.list(asked) : listAlarms(then, asked);
      const shown = all.slice(offset, offset + limit).map(alarmView);
      const counts = then === undefined ? alarms.counts() : countAlarms(then);
      const page = {
        alarms: shown,
        counts,
        total: all.length,
        limit,
        offset,
        ...(moment && { past: moment.told }),
      };
      if (offset + limit >= all.length) return page;
      const query = new URLSearchParams({
        ...asked,
        ...(at !== undefined && { at }),
        limit: String(limit),
        offset: String(offset + limit),
      });
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
    async (request) => {
      const { at, ...asked } = request.query;
      if (at === undefined) {
        const { id } = findTwin(fleet, request.params.id).config;
        return { alarms: alarms.list({ ...asked, twin: id }).map(alarmView) };
      }
      const moment = await past.moment(at);
      const then = await moment.alarms(request.params.id);
      return { alarms: listAlarms(then, asked).map(alarmView), past: moment.told };
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
        querystring: AtQuery,
        response: { 200: schemas.Alarm, ...problems },
      },
    },
    async (request) => {
      const { id } = request.params;
      const { at } = request.query;
      if (at === undefined) return alarmView(alarms.get(id));
      const moment = await past.moment(at);
      const alarm = (await moment.alarms()).find((one) => one.id === id);
      if (alarm !== undefined) return alarmView(alarm);
      throw new ProblemError('ALARM_UNKNOWN', `there was no alarm ${show(id)}`);
    },
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
