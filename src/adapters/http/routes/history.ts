/** `GET /api/v1/twins/{id}/history` and `history.csv`: what was measured and computed, by event time. */

import { Readable } from 'node:stream';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Type from 'typebox';
import type { History, HistorySpan } from '../../../engine/index.ts';
import { partRows, sampleRows, tableRows } from '../history/csv.ts';
import {
  CsvQuery,
  HistoryQuery,
  partLimit,
  type Parts,
  readEvery,
  readParts,
  readSignals,
  readSpan,
  rowLimit,
  sampleLimit,
  type SpanMs,
} from '../history/request.ts';
import { findHistory, nowOf } from '../history/twin.ts';
import type { RouteContext } from '../options.ts';
import { problems } from '../replies.ts';
import { TwinParams } from './twins.ts';

const Numbers = (description: string) => Type.Optional(Type.Array(Type.Number(), { description }));

const Series = Type.Object(
  {
    signal: Type.String(),
    unit: Type.String(),
    times: Numbers('Event times of the samples, Unix milliseconds.'),
    values: Type.Optional(
      Type.Array(Type.Union([Type.Number(), Type.Null()]), {
        description:
          'Their values; with `every` one for each of `times` above, null before the first sample.',
      }),
    ),
    more: Type.Optional(Type.Boolean({ description: 'Whether `limit` left samples out.' })),
    begins: Numbers('Where each part that has samples begins, Unix milliseconds.'),
    count: Numbers('How many samples it has.'),
    least: Numbers('The least of them.'),
    most: Numbers('The most of them.'),
    mean: Numbers('Their mean.'),
    quality: Numbers('With `hold`: the share of its time for which there was a sample that was still good.'),
  },
  { additionalProperties: false },
);

const Reply = Type.Object(
  {
    twin: Type.String(),
    from: Type.Optional(Type.String()),
    to: Type.Optional(Type.String()),
    times: Numbers('With `every`: the times of the table, Unix milliseconds.'),
    signals: Type.Array(Series),
  },
  { additionalProperties: false, title: 'History' },
);

/** Sent as it is read; the schema is for the document. */
const csvReply: Record<string, unknown> = {
  200: { description: 'Rows, the first of them names.', content: { 'text/csv': { schema: Type.String() } } },
  ...problems,
};

export function historyRoutes(context: RouteContext, history: History): void {
  const { fleet } = context;
  const app = context.app.withTypeProvider<TypeBoxTypeProvider>();

  app.get(
    '/api/v1/twins/:id/history',
    {
      schema: {
        operationId: 'getHistory',
        summary:
          'What was measured and computed: samples, or what happened in each part of a span, or a table',
        tags: ['twins'],
        params: TwinParams,
        querystring: HistoryQuery,
        response: { 200: Reply, ...problems },
      },
    },
    async (request) => {
      const { signal, every, limit = sampleLimit } = request.query;
      const { twin, known } = await findHistory(fleet, history, request.params.id);
      if (signal === undefined) return { twin, signals: [...known] };
      const asked = readSpan({ ...request.query, signal }, nowOf(fleet, twin));
      const parts = readParts(request.query, asked, partLimit);
      const span = parts?.span ?? asked;
      const everyMs = readEvery(every, span, partLimit);
      const wanted = readSignals(signal, known);
      const signals = await Promise.all(
        wanted.map(async (one) => {
          const its = { twin, signal: one.signal, ...span };
          if (everyMs !== undefined) return { ...one, ...(await column(history, its, everyMs)) };
          if (parts !== undefined) return { ...one, ...(await summary(history, its, parts)) };
          return { ...one, ...(await samples(history, its, limit)) };
        }),
      );
      return { twin, ...shownSpan(span), ...(everyMs && { times: timesOf(span, everyMs) }), signals };
    },
  );

  app.get(
    '/api/v1/twins/:id/history.csv',
    {
      schema: {
        operationId: 'getHistoryCsv',
        summary:
          'The same as CSV, of any length: a row a sample, with `parts` a row a part, or with `every` a row a time',
        tags: ['twins'],
        params: TwinParams,
        querystring: CsvQuery,
        response: csvReply,
      },
    },
    async (request, reply) => {
      const { twin, known } = await findHistory(fleet, history, request.params.id);
      const span = readSpan(request.query, nowOf(fleet, twin));
      const everyMs = readEvery(request.query.every, span, rowLimit);
      const parts = readParts(request.query, span, rowLimit);
      const asked = { twin, span, signals: readSignals(request.query.signal, known) };
      const rows = (): AsyncIterable<string> => {
        if (parts !== undefined) return partRows(history, asked, parts);
        return everyMs === undefined ? sampleRows(history, asked) : tableRows(history, asked, everyMs);
      };
      return reply.type('text/csv; charset=utf-8').send(Readable.from(rows()));
    },
  );
}

async function samples(history: History, span: HistorySpan, limit: number) {
  const { timesMs, values } = await history.points(span, limit + 1);
  return {
    times: [...timesMs.subarray(0, limit)],
    values: [...values.subarray(0, limit)],
    ...(timesMs.length > limit ? { more: true } : {}),
  };
}

async function summary(history: History, span: HistorySpan, { everyMs, holdMs }: Parts) {
  const lengths = { everyMs, ...(holdMs !== undefined && { holdMs }) };
  const { fromMs, count, least, most, mean, quality } = await history.buckets(span, lengths);
  return {
    begins: [...fromMs],
    count: [...count],
    least: [...least],
    most: [...most],
    mean: [...mean],
    ...(quality && { quality: [...quality] }),
  };
}

async function column(history: History, span: HistorySpan, everyMs: number) {
  const values = await history.valuesAt(span, everyMs);
  return { values: Array.from(values, (value) => (Number.isNaN(value) ? null : value)) };
}

function timesOf({ fromMs, toMs }: SpanMs, everyMs: number): number[] {
  return Array.from({ length: Math.ceil((toMs - fromMs) / everyMs) }, (_, i) => fromMs + i * everyMs);
}

function shownSpan({ fromMs, toMs }: SpanMs): { readonly from: string; readonly to: string } {
  return { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
}
