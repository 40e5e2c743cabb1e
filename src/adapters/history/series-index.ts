/**
 * Which series there are, by number, and by twin and signal. A signal has as many as it had units; the last is that of its
 * unit now.
 *
 * A fleet has hundreds of thousands: each is four numbers in common arrays, and each text is there once. Those of a twin are
 * a chain, which is walked to find one.
 */

import { NumberColumns } from './number-columns.ts';

export interface SeriesName {
  readonly twin: string;
  readonly signal: string;
}

export interface SeriesInfo extends SeriesName {
  readonly unit: string;
}

/** The end of a chain; numbers in it are counted from 1. */
const none = 0;

export class SeriesIndex {
  readonly #texts: string[] = [];
  readonly #textNumbers = new Map<string, number>();
  /** The first series of each twin, counted from 1. */
  readonly #first = new Map<string, number>();
  readonly #columns = new NumberColumns({
    twin: Uint32Array,
    signal: Uint32Array,
    unit: Uint32Array,
    next: Uint32Array,
  });

  get count(): number {
    return this.#columns.count;
  }

  /** Takes a series that is not there yet, and returns its number. */
  add({ twin, signal, unit }: SeriesInfo): number {
    const columns = this.#columns;
    const number = columns.push();
    columns.of.twin[number] = this.#textNumber(twin);
    columns.of.signal[number] = this.#textNumber(signal);
    columns.of.unit[number] = this.#textNumber(unit);
    this.#append(twin, number);
    return number;
  }

  at(number: number): SeriesInfo {
    const { twin, signal, unit } = this.#columns.of;
    return {
      twin: this.#texts[twin[number] ?? -1] ?? '',
      signal: this.#texts[signal[number] ?? -1] ?? '',
      unit: this.#texts[unit[number] ?? -1] ?? '',
    };
  }

  /** Undefined if there is none. */
  numberOf(info: SeriesInfo): number | undefined {
    const unit = this.#textNumbers.get(info.unit);
    return this.find(info).find((number) => this.#columns.of.unit[number] === unit);
  }

  /** Number of a series, whose unit is that of its signal from now on; undefined if there is none. */
  use(info: SeriesInfo): number | undefined {
    const number = this.numberOf(info);
    if (number === undefined || this.find(info).at(-1) === number) return number;
    this.#remove(info.twin, number);
    this.#append(info.twin, number);
    return number;
  }

  /** The numbers of a signal's series, that of its unit now last. */
  find({ twin, signal }: SeriesName): readonly number[] {
    const text = this.#textNumbers.get(signal);
    const found: number[] = [];
    for (const number of this.#chain(twin)) if (this.#columns.of.signal[number] === text) found.push(number);
    return found;
  }

  twins(): readonly string[] {
    return [...this.#first.keys()];
  }

  /** The signals of a twin, each with its unit now. */
  of(twin: string): readonly SeriesInfo[] {
    const signals = new Map<number, number>();
    for (const number of this.#chain(twin)) signals.set(this.#columns.of.signal[number] ?? 0, number);
    return Array.from(signals.values(), (number) => this.at(number));
  }

  *#chain(twin: string): Generator<number> {
    const { next } = this.#columns.of;
    for (let at = this.#first.get(twin) ?? none; at !== none; at = next[at - 1] ?? none) yield at - 1;
  }

  #append(twin: string, number: number): void {
    const { next } = this.#columns.of;
    next[number] = none;
    let at = this.#first.get(twin) ?? none;
    if (at === none) {
      this.#first.set(twin, number + 1);
      return;
    }
    for (let after = next[at - 1] ?? none; after !== none; after = next[at - 1] ?? none) at = after;
    next[at - 1] = number + 1;
  }

  #remove(twin: string, number: number): void {
    const { next } = this.#columns.of;
    const after = next[number] ?? none;
    let at = this.#first.get(twin) ?? none;
    if (at === number + 1) {
      if (after === none) this.#first.delete(twin);
      else this.#first.set(twin, after);
      return;
    }
    while (at !== none && next[at - 1] !== number + 1) at = next[at - 1] ?? none;
    next[at - 1] = after;
  }

  #textNumber(text: string): number {
    let number = this.#textNumbers.get(text);
    if (number === undefined) {
      number = this.#texts.push(text) - 1;
      this.#textNumbers.set(text, number);
    }
    return number;
  }
}

/** What tells a series from all others. */
export function seriesKey({ twin, signal, unit }: SeriesInfo): string {
  return `${twin}\n${signal}\n${unit}`;
}
