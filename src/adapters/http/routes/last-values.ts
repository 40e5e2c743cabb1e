/** `GET /api/v1/history`: the last value of signals of every twin, of now or of a past moment. */

import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import type { History } from '../../../engine/index.ts';
import { checkKnown, readNames } from '../history/request.ts';
import { nowOf } from '../history/twin.ts';
import type { RouteContext } from '../options.ts';
import { Past } from '../past/index.ts';
import { problems } from '../replies.ts';
import { pastTwins, twinsNow } from '../twin-pages.ts';
import { TwinsQuery } from './twins.ts';

const { prefix, model, group, status, limit, offset, at } = TwinsQuery.properties;

const LastQuery = Type.Object(
  {
    signal: Type.String({
      description:
        'Names, separated by commas, as the history of a twin has them: `oil`, `measured level_sensor`.',
    }),
    prefix,
    model,
    group,
    status,
    limit,
    offset,
    at,
  },
  { additionalProperties: false },
);

const LastValues = Type.Object(
  {
    values: Type.Array(
      Type.Object(
        {
          twin: Type.String(),
          signal: Type.String(),
          unit: Type.String(),
          value: Type.Number(),
          time: Type.String({ format: 'date-time', description: 'Its event time.' }),
        },
        { additionalProperties: false },
      ),
    ),
    total: Type.Integer({ description: 'How many twins there are in all pages.' }),
    limit: Type.Integer({ description: 'Twins of a page.' }),
    offset: Type.Integer(),
    next: Type.Optional(Type.String({ description: 'Path of the next page, unless this is the last.' })),
    past: Past,
  },
  { additionalProperties: false, title: 'LastValues' },
);

export function lastValueRoutes({ app: plain, fleet, past }: RouteContext, history: History): void {
  plain.withTypeProvider<TypeBoxTypeProvider>().get(
    '/api/v1/history',
    {
      schema: {
        operationId: 'listLastValues',
        summary: 'The last recorded value of signals of every twin, page by page',
        tags: ['twins'],
        querystring: LastQuery,
        response: { 200: LastValues, ...problems },
      },
    },
    async ({ query }) => {
      const { signal, limit: most = 100, offset: first = 0, at: then, ...filter } = query;
      const signals = readNames(signal);
      const moment = then === undefined ? undefined : await past.moment(then);
      const listed = moment === undefined ? twinsNow(fleet, filter) : await pastTwins(moment, filter);
      const twins = listed.ids.slice(first, first + most);
      const timeMs = moment?.atMs ?? Math.max(0, ...twins.map((id) => nowOf(fleet, id)));
      const found = await history.lastValues({ twins, signals, timeMs });
      const [any] = twins;
      const never = signals.filter((name) => !found.some((reading) => reading.signal === name));
      if (any !== undefined) checkKnown(never, await history.signals(any));
      const values = found.map(({ twin, signal: name, unit, value, timeMs: ms }) => {
        return { twin, signal: name, unit, value, time: new Date(ms).toISOString() };
      });
      const page = { values, total: listed.ids.length, limit: most, offset: first, ...listed.told };
      if (first + most >= page.total) return page;
      const [ofPage, ofNext] = [{ limit: String(most) }, { offset: String(first + most) }];
      const asked = { signal, ...filter, ...(then !== undefined && { at: then }), ...ofPage, ...ofNext };
      return { ...page, next: `/api/v1/history?${new URLSearchParams(asked).toString()}` };
    },
  );
}
