/** Which series there are, by twin and signal. A signal has as many as it had units; the last is that of its unit now. */

export interface SeriesName {
  readonly twin: string;
  readonly signal: string;
}

export interface SeriesInfo extends SeriesName {
  readonly unit: string;
}

interface Numbered {
  readonly unit: string;
  readonly number: number;
}

export class SeriesIndex {
  readonly #twins = new Map<string, Map<string, Numbered[]>>();

  add({ twin, signal, unit }: SeriesInfo, number: number): void {
    let signals = this.#twins.get(twin);
    if (signals === undefined) this.#twins.set(twin, (signals = new Map<string, Numbered[]>()));
    const units = signals.get(signal);
    if (units === undefined) signals.set(signal, [{ unit, number }]);
    else units.push({ unit, number });
  }

  /** Number of a series, whose unit is that of its signal from now on; undefined if there is none. */
  use({ twin, signal, unit }: SeriesInfo): number | undefined {
    const units = this.#twins.get(twin)?.get(signal) ?? [];
    const at = units.findIndex((one) => one.unit === unit);
    if (at >= 0 && at < units.length - 1) units.push(...units.splice(at, 1));
    return at < 0 ? undefined : units.at(-1)?.number;
  }

  /** The numbers of a signal's series, that of its unit now last. */
  find({ twin, signal }: SeriesName): readonly number[] {
    return (
      this.#twins
        .get(twin)
        ?.get(signal)
        ?.map(({ number }) => number) ?? []
    );
  }

  twins(): readonly string[] {
    return [...this.#twins.keys()];
  }

  /** The signals of a twin, each with its unit now. */
  of(twin: string): readonly SeriesInfo[] {
    const signals = this.#twins.get(twin) ?? new Map<string, Numbered[]>();
    return Array.from(signals, ([signal, units]) => ({ twin, signal, unit: units.at(-1)?.unit ?? '' }));
  }
}

/** What tells a series from all others. */
export function seriesKey({ twin, signal, unit }: SeriesInfo): string {
  return `${twin}\n${signal}\n${unit}`;
}
