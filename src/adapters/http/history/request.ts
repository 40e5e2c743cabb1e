/** What a request asks of the history: a span of time, signals, and how to lay them out. */

import Type, { type Static } from 'typebox';
import { type Dimension, parseQuantity, sameDimension, toSi } from '../../../core/units/index.ts';
import { didYouMeanSeries, type HistorySignal } from '../../../engine/index.ts';
import { ProblemError } from '../problem.ts';
import { show } from '../validation.ts';

/** Signals of one request. */
export const signalLimit = 20;
/** Parts of a span, rows of a table, and samples of a signal in one answer of JSON: what is made at once in memory. */
export const partLimit = 2000;
export const sampleLimit = 10_000;
/** Rows of a table as CSV, which is sent as it is read. */
export const rowLimit = 10_000_000;

const signalText =
  'Names, separated by commas: of states, outputs and inputs as they are, `measured NAME` and `expected NAME` of a measurement, `uncertainty NAME` of a state.';

const partFields = {
  parts: Type.Optional(
    Type.String({
      description:
        'Answer with count, least, most and mean of parts of the span: of so many equal ones, such as 300, or of those as long as this, such as 1h, which begin at multiples of it in UTC.',
    }),
  ),
  hold: Type.Optional(
    Type.String({
      description:
        'With `parts`: how long a sample is good for, unless the next one comes sooner, such as 10s. Each part then has its `quality`.',
    }),
  ),
};

const spanFields = {
  from: Type.Optional(
    Type.String({
      description:
        'Beginning: 2026-11-22T13:00:00Z, Unix milliseconds, or how long ago, as in -2h. Default: an hour before `to`.',
    }),
  ),
  to: Type.Optional(Type.String({ description: 'End, which is not included. Default: now.' })),
  last: Type.Optional(
    Type.String({ description: 'How long before `to` the span begins, instead of `from`: 15min, 6h, 7d.' }),
  ),
  every: Type.Optional(
    Type.String({
      description:
        'Answer with a table: of each signal the last sample at or before each of the times from the beginning of the span in steps of this, such as 10s.',
    }),
  ),
};

export const HistoryQuery = Type.Object(
  {
    signal: Type.Optional(
      Type.String({ description: `${signalText} Without it, the answer lists what there is.` }),
    ),
    ...spanFields,
    ...partFields,
    limit: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: sampleLimit,
        default: sampleLimit,
        description: 'Samples of a signal, at most: the first.',
      }),
    ),
  },
  { additionalProperties: false },
);

export const CsvQuery = Type.Object(
  { signal: Type.String({ description: signalText }), ...spanFields, ...partFields },
  { additionalProperties: false },
);

export const FileQuery = Type.Object(
  {
    signal: Type.Optional(Type.String({ description: `${signalText} Without it, all that there are.` })),
    from: spanFields.from,
    to: spanFields.to,
    last: spanFields.last,
  },
  { additionalProperties: false },
);

export interface SpanMs {
  readonly fromMs: number;
  readonly toMs: number;
}

const hourMs = 3_600_000;
/** Metre, kilogram, second, ampere, kelvin, mole, candela. */
const timeDimension: Dimension = [0, 0, 1, 0, 0, 0, 0];

/**
 * The span of a request.
 *
 * @param nowMs - where it ends if nothing is said.
 * @throws ProblemError `HTTP_INVALID`
 */
export function readSpan({ from, to, last }: Static<typeof FileQuery>, nowMs: number): SpanMs {
  if (from !== undefined && last !== undefined)
    throw invalid('last', 'give either ?from or ?last, not both: each says where the span begins');
  const toMs = to === undefined ? nowMs : readTime('to', to, nowMs);
  const fromMs =
    from === undefined
      ? toMs - (last === undefined ? hourMs : readDurationMs('last', last))
      : readTime('from', from, nowMs);
  if (fromMs < toMs) return { fromMs, toMs };
  throw invalid('from', 'the span ends before it begins');
}

/**
 * The milliseconds between two rows of a table; undefined if none is asked for.
 *
 * @throws ProblemError `HTTP_INVALID`, also if there would be more than `limit` rows.
 */
export function readEvery(every: string | undefined, span: SpanMs, limit: number): number | undefined {
  if (every === undefined) return undefined;
  const everyMs = readDurationMs('every', every);
  const rows = Math.ceil((span.toMs - span.fromMs) / everyMs);
  if (rows <= limit) return everyMs;
  throw invalid('every', `this makes ${rows} rows, and ${limit} are the most`);
}

export interface Parts {
  /** From where the first part begins. */
  readonly span: SpanMs;
  readonly everyMs: number;
  readonly holdMs?: number;
}

/**
 * The parts of a request; undefined if none are asked for.
 *
 * @throws ProblemError `HTTP_INVALID`, also if there would be more than `limit`.
 */
export function readParts(
  { parts, hold, every }: Pick<Static<typeof CsvQuery>, 'parts' | 'hold' | 'every'>,
  span: SpanMs,
  limit: number,
): Parts | undefined {
  if (hold !== undefined && parts === undefined)
    throw invalid('hold', '?hold is for ?parts: it says how long a sample of them is good for');
  if (parts === undefined) return undefined;
  if (every !== undefined) throw invalid('every', 'give either ?parts or ?every, not both');
  const held = hold === undefined ? {} : { holdMs: readDurationMs('hold', hold) };
  const isCount = /^\d+$/.test(parts);
  const everyMs = isCount ? (span.toMs - span.fromMs) / Number(parts) : durationMs(parts);
  if (everyMs === undefined || !(everyMs < Number.POSITIVE_INFINITY))
    throw invalid(
      'parts',
      `?parts must be a whole number such as 300, or a duration such as 1h, not ${show(parts)}`,
    );
  const fromMs = isCount ? span.fromMs : Math.floor(span.fromMs / everyMs) * everyMs;
  const count = isCount ? Number(parts) : Math.ceil((span.toMs - fromMs) / everyMs);
  if (count <= limit) return { span: { ...span, fromMs }, everyMs, ...held };
  throw invalid('parts', `these are ${count} parts, and ${limit} are the most`);
}

/** @throws ProblemError `HTTP_INVALID`, `SIGNAL_UNKNOWN` */
export function readSignals(written: string, known: readonly HistorySignal[]): readonly HistorySignal[] {
  const names = readNames(written);
  checkKnown(names, known);
  return names.flatMap((name) => known.find(({ signal }) => signal === name) ?? []);
}

/** @throws ProblemError `HTTP_INVALID` */
export function readNames(written: string): readonly string[] {
  const names = written.split(',').map((name) => name.trim());
  if (names.length <= signalLimit) return names;
  throw invalid('signal', `at most ${signalLimit} signals can be asked for at once`);
}

/** @throws ProblemError `SIGNAL_UNKNOWN` with the one that was probably meant, if a name is not among those that are known. */
export function checkKnown(names: readonly string[], known: readonly HistorySignal[]): void {
  const all = known.map(({ signal }) => signal);
  const name = names.find((one) => !all.includes(one));
  if (name === undefined) return;
  throw new ProblemError('SIGNAL_UNKNOWN', `the history has no signal ${show(name)} of this twin`, {
    hint: didYouMeanSeries(name, all) ?? `it has: ${all.join(', ') || 'none yet'}`,
  });
}

function invalid(name: string, detail: string): ProblemError {
  return new ProblemError('HTTP_INVALID', detail, { errors: [{ at: `?${name}`, detail }] });
}

/**
 * A moment as a request names it: ISO 8601 with a zone, Unix milliseconds, or how long ago.
 *
 * @throws ProblemError `HTTP_INVALID`
 */
export function readTime(name: string, written: string, nowMs: number): number {
  const ago = /^-\s*([^-].*)$/.exec(written)?.[1];
  const timeMs = ago === undefined ? readMoment(written) : nowMs - readDurationMs(name, ago);
  if (Math.abs(timeMs) <= 8.64e15) return timeMs;
  throw invalid(
    name,
    `?${name} must be a time as in 2026-11-22T13:00:00Z, in milliseconds, or how long ago, as in -2h, not ${show(written)}`,
  );
}

/** With a zone only: a time without one would be taken for that of this machine. */
function readMoment(written: string): number {
  if (/^\d+(\.\d+)?$/.test(written)) return Number(written);
  return /^\d{4}-\d\d-\d\dT.*(Z|[+-]\d\d:?\d\d)$/i.test(written) ? Date.parse(written) : Number.NaN;
}

/** @throws ProblemError `HTTP_INVALID` */
function readDurationMs(name: string, written: string): number {
  const ms = durationMs(written);
  if (ms !== undefined) return ms;
  throw invalid(name, `?${name} must be a duration such as 500ms, 10s, 15min or 7d, not ${show(written)}`);
}

/** Undefined if it is none, or nothing. */
function durationMs(written: string): number | undefined {
  const quantity = parseQuantity(written);
  if (!('unit' in quantity) || !sameDimension(quantity.unit.dimension, timeDimension)) return undefined;
  const ms = toSi(quantity.value, quantity.unit) * 1000;
  return ms > 0 ? ms : undefined;
}
