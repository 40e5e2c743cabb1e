/** What has changed of the quantities of a model: which there are, their units, values, bounds and noises. */

import type { Measurement, Model, Signal, State, VersionLink } from '../model/index.ts';
import { fromSi, fromSiDifference, sameDimension, type Unit } from '../units/index.ts';

type SignalGroup = 'input' | 'parameter' | 'state' | 'measurement' | 'output';

export interface SignalDifference {
  readonly group: SignalGroup;
  readonly name: string;
  readonly kind: 'added' | 'removed' | 'renamed' | 'changed';
  /** Its name before, where that was another. */
  readonly was?: string;
  /** What it comes from, where `migrates` makes it of something else. */
  readonly from?: string;
  readonly unit: string;
  readonly changes: readonly ValueDifference[];
}

/** One property of a quantity, in words and numbers. Absent: it has none. */
export interface ValueDifference {
  readonly what: string;
  readonly before?: number | string;
  readonly after?: number | string;
  /** The units of the two, where they are numbers. */
  readonly unitBefore?: string;
  readonly unit?: string;
  /** Change relative to `before`, where that means something: not of a temperature reading, and not from 0. */
  readonly percent?: number;
  /** `after` less `before` in the unit of `after`, where there is no percentage. */
  readonly difference?: number;
}

export interface Correspondence {
  readonly link: VersionLink;
  /** Names of outputs in the older version by those in the newer, where they are others. */
  readonly renamedOutputs: ReadonlyMap<string, string>;
}

export function compareSignals(
  a: Model,
  b: Model,
  { link, renamedOutputs }: Correspondence,
): readonly SignalDifference[] {
  const isSaid = (name: string): boolean =>
    [a, b].some(({ document }) => document.states?.[name]?.uncertainty !== undefined);
  const pair = <T extends Signal>(
    group: SignalGroup,
    before: readonly T[],
    after: readonly T[],
    it: Pairing<T>,
  ) => compareGroup({ group, before, after, ...it });
  return [
    ...pair('input', a.inputs, b.inputs, { values: (it) => [value('default', it, it.default)] }),
    ...pair('parameter', a.parameters, b.parameters, {
      origins: link.parameters,
      values: (it) => [
        value('value', it, it.value),
        deviation('uncertainty', it, it.uncertainty),
        word('calibrate', it.calibrate ? 'yes' : 'no'),
      ],
    }),
    ...pair('state', a.states, b.states, {
      origins: link.states,
      values: (it) => [
        value('start', it, it.start),
        deviation('noise', it, it.noise, it.kind === 'continuous' ? '/s^0.5' : ''),
        // Where no document says it, it follows from the noise.
        deviation('uncertainty', it, isSaid(it.name) ? it.uncertainty : undefined),
        word('kind', it.kind),
        period(it),
      ],
    }),
    ...pair<Measurement>('measurement', a.measurements, b.measurements, {
      values: (it) => [deviation('noise', it, it.noise)],
    }),
    ...pair('output', a.outputs, b.outputs, {
      origins: b.outputs.map(({ name }) => ({ text: renamedOutputs.get(name) ?? name })),
      values: () => [],
    }),
  ];
}

interface Pairing<T> {
  readonly origins?: readonly ({ readonly text: string } | undefined)[];
  readonly values: (signal: T) => readonly Property[];
}

interface Grouped<T> extends Pairing<T> {
  readonly group: SignalGroup;
  readonly before: readonly T[];
  readonly after: readonly T[];
}

function compareGroup<T extends Signal>({
  group,
  before,
  after,
  origins,
  values,
}: Grouped<T>): SignalDifference[] {
  const left = new Set(before.map(({ name }) => name));
  const found = after.flatMap((signal, i): SignalDifference[] => {
    const origin = origins?.[i]?.text;
    const old =
      before.find(({ name }) => name === origin) ??
      before.find(({ name }) => origin === undefined && name === signal.name);
    const common = { group, name: signal.name, unit: signal.unit.symbol };
    if (old === undefined) {
      const from = origin === undefined || group === 'output' ? {} : { from: origin };
      return [{ ...common, kind: 'added', ...from, changes: [] }];
    }
    left.delete(old.name);
    const changes = compareValues(old, signal, values);
    if (old.name !== signal.name) return [{ ...common, kind: 'renamed', was: old.name, changes }];
    return changes.length > 0 ? [{ ...common, kind: 'changed', changes }] : [];
  });
  const gone = before.filter(({ name }) => left.has(name));
  return [
    ...found,
    ...gone.map(
      ({ name, unit }): SignalDifference => ({
        group,
        name,
        unit: unit.symbol,
        kind: 'removed',
        changes: [],
      }),
    ),
  ];
}

function compareValues<T extends Signal>(
  before: T,
  after: T,
  values: (signal: T) => readonly Property[],
): ValueDifference[] {
  const bounds = (signal: T): Property[] => [
    value('min', signal, signal.min),
    value('max', signal, signal.max),
  ];
  const all = (signal: T): Property[] => [
    word('unit', signal.unit.symbol),
    ...values(signal),
    ...bounds(signal),
  ];
  const old = all(before);
  return all(after).flatMap((it, i) => {
    const was = old[i];
    return was === undefined ? [] : compareProperty(was, it);
  });
}

/** A property as it is compared: a number in SI with its unit, or a word. */
interface Property {
  readonly what: string;
  readonly si?: number | undefined;
  readonly word?: string;
  readonly unit?: Unit;
  readonly symbol?: string;
  readonly isDifference?: boolean;
}

function value(what: string, { unit }: Signal, si: number | undefined): Property {
  return { what, si, unit, symbol: unit.symbol };
}

/** A standard deviation. */
function deviation(what: string, { unit }: Signal, si: number | undefined, per = ''): Property {
  const symbol = unit.absolute
    ? unit.symbol.replace('deg', '').replace(/^C$/, 'K').replace(/^F$/, 'degF')
    : unit.symbol;
  return { what, si, unit, symbol: symbol + per, isDifference: true };
}

function word(what: string, text: string): Property {
  return { what, word: text };
}

function period({ everySeconds }: State): Property {
  return word('every', everySeconds === undefined ? 'tick' : `${everySeconds} s`);
}

function compareProperty(before: Property, after: Property): ValueDifference[] {
  const { what } = after;
  if (after.word !== undefined || before.word !== undefined) {
    return before.word === after.word
      ? []
      : [
          {
            what,
            ...(before.word === undefined ? {} : { before: before.word }),
            ...(after.word === undefined ? {} : { after: after.word }),
          },
        ];
  }
  const comparable =
    before.unit !== undefined &&
    after.unit !== undefined &&
    sameDimension(before.unit.dimension, after.unit.dimension);
  if (before.si === after.si && (comparable || before.si === undefined)) return [];
  if (comparable && isNear(before.si, after.si)) return [];
  const [old, now] = [shown(before), shown(after)];
  return [
    {
      what,
      ...(old === undefined ? {} : { before: old, unitBefore: before.symbol ?? '' }),
      ...(now === undefined ? {} : { after: now, unit: after.symbol ?? '' }),
      ...(comparable ? changeOf(before, after) : {}),
    },
  ];
}

function changeOf(before: Property, after: Property): Pick<ValueDifference, 'percent' | 'difference'> {
  if (before.si === undefined || after.si === undefined || after.unit === undefined) return {};
  const isReading = after.unit.absolute && after.isDifference !== true;
  if (before.si !== 0 && !isReading)
    return { percent: tidy(((after.si - before.si) / Math.abs(before.si)) * 100, 4) };
  return { difference: tidy(fromSiDifference(after.si - before.si, after.unit), 10) };
}

/** In the unit of its document. */
function shown({ si, unit, isDifference }: Property): number | undefined {
  if (si === undefined || unit === undefined) return undefined;
  return tidy(isDifference === true ? fromSiDifference(si, unit) : fromSi(si, unit), 12);
}

function tidy(number: number, digits: number): number {
  return Number(number.toPrecision(digits));
}

/** Numbers that only conversion has made different. */
function isNear(a: number | undefined, b: number | undefined): boolean {
  return a !== undefined && b !== undefined && Math.abs(a - b) <= 1e-12 * Math.max(Math.abs(a), Math.abs(b));
}
