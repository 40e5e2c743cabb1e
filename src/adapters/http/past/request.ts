/** `?at=`: which past moment a request asks for. */

import Type from 'typebox';
import { ProblemError } from '../problem.ts';
import { readTime } from '../history/request.ts';

/** A field of the query of every route that can show a past moment. */
export const atField = {
  at: Type.Optional(
    Type.String({
      description:
        'Show a past moment: 2026-11-22T13:00:00Z, Unix milliseconds, or how long ago it is, as in -2h.',
    }),
  ),
};

export const AtQuery = Type.Object(atField, { additionalProperties: false });

/** Stands in an answer that shows a past moment. */
export const Past = Type.Optional(
  Type.Object(
    {
      at: Type.String({ format: 'date-time', description: 'The moment that was asked for.' }),
      resolutionMs: Type.Optional(
        Type.Number({ description: 'Of what is computed, so far apart were the ticks that were recorded.' }),
      ),
    },
    { additionalProperties: false, description: 'Only in an answer that shows a past moment.' },
  ),
);

/**
 * @returns Unix milliseconds.
 * @throws ProblemError `HTTP_INVALID`, `PAST_AHEAD`
 */
export function readAt(written: string, nowMs: number): number {
  const atMs = readTime('at', written, nowMs);
  if (atMs <= nowMs) return atMs;
  const [asked, now] = [atMs, nowMs].map((ms) => new Date(ms).toISOString());
  throw new ProblemError('PAST_AHEAD', `?at is ${asked}, and it is only ${now} here`);
}
