/** `GET …/history.parquet` and `POST …/history`: the history of a twin as a file, and a file into its history. */

import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import Type, { type Static } from 'typebox';
import type { History, HistoryFiles } from '../../../engine/index.ts';
import { FileQuery, readSignals, readSpan } from '../history/request.ts';
import { findHistory, nowOf } from '../history/twin.ts';
import type { RouteContext } from '../options.ts';
import { ProblemError } from '../problem.ts';
import { problems } from '../replies.ts';
import { validatorCompiler } from '../validation.ts';
import { TwinParams } from './twins.ts';

/** Bytes of a file that is sent here. Larger ones go in parts, or by `gemel history import`. */
export const fileBytes = 32 * 1_048_576;

const parquetType = 'application/vnd.apache.parquet';
const formats = { 'text/csv': 'csv', [parquetType]: 'parquet' } as const;

const TakeQuery = Type.Object(
  {
    dry_run: Type.Optional(
      Type.Literal('true', { description: 'Only say what would come of it, and change nothing.' }),
    ),
  },
  { additionalProperties: false },
);

const Taken = Type.Object(
  {
    twin: Type.String(),
    dryRun: Type.Boolean({ description: 'Whether nothing was changed, as was asked for.' }),
    rows: Type.Integer(),
    samples: Type.Integer({ description: 'Cells with a value.' }),
    late: Type.Integer({
      description: 'Not kept, since those beside them were too old to keep and are gone.',
    }),
    old: Type.Integer({
      description: 'Older than `history.keep`: soon only their summaries are there.',
    }),
    signals: Type.Array(
      Type.Object(
        {
          signal: Type.String(),
          unit: Type.String(),
          samples: Type.Integer(),
          from: Type.String({ description: 'Time of the first.' }),
          to: Type.String({ description: 'Time of the last.' }),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false, title: 'HistoryTaken' },
);

/** Sent as it is read; the schema is for the document. */
const parquetReply: Record<string, unknown> = {
  200: {
    description: 'Columns time, twin, signal, unit and value.',
    content: { [parquetType]: { schema: Type.Unsafe({ type: 'string', format: 'binary' }) } },
  },
  ...problems,
};

export function historyFileRoutes({ app, fleet }: RouteContext, history: History, files: HistoryFiles): void {
  app.get<{ Params: Static<typeof TwinParams>; Querystring: Static<typeof FileQuery> }>(
    '/api/v1/twins/:id/history.parquet',
    {
      schema: {
        operationId: 'getHistoryParquet',
        summary: 'The samples of a span as Parquet, of any length',
        tags: ['twins'],
        params: TwinParams,
        querystring: FileQuery,
        response: parquetReply,
      },
    },
    async (request, reply) => {
      const { twin, known } = await findHistory(fleet, history, request.params.id);
      const { signal } = request.query;
      const wanted = signal === undefined ? known : readSignals(signal, known);
      const span = readSpan(request.query, nowOf(fleet, twin));
      const signals = wanted.map((one) => one.signal);
      return reply
        .type(parquetType)
        .send(Readable.from(files.parquet({ twins: [twin], signals, ...span }), { objectMode: false }));
    },
  );

  // Only this route reads such bodies.
  app.register((inner, _options, done) => {
    inner.removeAllContentTypeParsers();
    inner.addContentTypeParser(
      Object.keys(formats),
      { parseAs: 'buffer', bodyLimit: fileBytes },
      (_request, body, parsed) => parsed(null, body),
    );
    inner.addContentTypeParser('*', (request, _body, parsed) => {
      const got = request.headers['content-type'] ?? 'none';
      parsed(
        new ProblemError('HTTP_CONTENT_TYPE', `the body must be text/csv or ${parquetType}, not ${got}`),
      );
    });
    takeRoute(inner);
    done();
  });

  function takeRoute(inner: FastifyInstance): void {
    inner.post<{ Params: Static<typeof TwinParams>; Querystring: Static<typeof TakeQuery>; Body: unknown }>(
      '/api/v1/twins/:id/history',
      {
        bodyLimit: fileBytes,
        // What the body must be is no schema's matter.
        validatorCompiler: (route) => (route.httpPart === 'body' ? () => true : validatorCompiler(route)),
        schema: {
          operationId: 'takeHistory',
          summary: 'Puts the samples of a CSV or Parquet file into the history: all of them, or none',
          tags: ['twins'],
          consumes: Object.keys(formats),
          params: TwinParams,
          querystring: TakeQuery,
          body: Type.Unsafe({ type: 'string', format: 'binary', description: 'The file.' }),
          response: { 200: Taken, ...problems },
        },
      },
      async (request): Promise<Static<typeof Taken>> => {
        const { twin } = await findHistory(fleet, history, request.params.id);
        const dryRun = request.query.dry_run === 'true';
        const { body } = request;
        if (!(body instanceof Uint8Array) || body.length === 0)
          throw new ProblemError('HTTP_INVALID', 'the body must be a file, and there is none');
        const isParquet = request.headers['content-type']?.startsWith(parquetType) === true;
        const file = { format: isParquet ? 'parquet' : 'csv', bytes: body, twin, dryRun } as const;
        const { rows, samples, late, old, series, problems: found, moreProblems } = await files.take(file);
        if (found.length > 0) {
          const errors = found.map(({ row, detail }) => ({ at: `row ${row}`, detail }));
          const count = found.length + moreProblems;
          const detail =
            count === 1 ? (found[0]?.detail ?? '') : `${count} problems, the first of them listed in errors`;
          throw new ProblemError('HISTORY_FILE', detail, { errors });
        }
        const signals = series.map(({ signal, unit, samples: its, fromMs, lastMs }) => {
          return { signal, unit, samples: its, from: iso(fromMs), to: iso(lastMs) };
        });
        return { twin, dryRun, rows, samples, late, old, signals };
      },
    );
  }
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
