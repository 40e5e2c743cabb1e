/** One signal: its name, its value with unit, age and bound, what a sensor says of it, and a chart of its past. */

import type UPlot from 'uplot';
import type { Reading, Signal } from './api.ts';
import { element, setText } from './dom.ts';
import { formatAge, formatMoment, formatNumber, formatSigned, formatUnit } from './format.ts';
import { drawMoments, type Moment } from './moments.ts';
import type { Past, PastTarget } from './past.ts';
import { DETAILED_SECONDS, REACH, Series } from './series.ts';

/** The page loads the library as a script of its own, before the modules. */
declare const uPlot: typeof UPlot;

const STALE_SECONDS = 10;

/** What a card shows of one snapshot. */
export interface CardValue {
  readonly computed: number | null;
  readonly reading?: Reading;
  /** Standard deviation of what is computed. */
  readonly deviation?: number | null | undefined;
  readonly silent?: boolean;
  readonly held?: 'min' | 'max' | undefined;
}

export class Card implements PastTarget {
  readonly root: HTMLElement;
  readonly computed: string;
  readonly measured?: string;
  readonly uncertainty?: string;
  readonly #series = new Series();
  readonly #age = element('span', { class: 'age' });
  readonly #value = element('b');
  readonly #reach = element('span', { class: 'reach', title: 'it is so with 95 %' });
  readonly #reading = element('span', { class: 'measured' });
  readonly #innovation = element('span', { class: 'innovation' });
  readonly #held = element('span', { class: 'held' });
  readonly #holder = element('div', { class: 'chart' });
  #spanSeconds = DETAILED_SECONDS;
  #plot: UPlot | undefined;
  #moments: readonly Moment[] = [];
  #sampleTime: string | undefined;

  constructor(signal: Signal) {
    const { name, role } = signal;
    this.computed = role === 'measurement' ? `expected ${name}` : name;
    if (role === 'measurement') this.measured = `measured ${name}`;
    if (role === 'state') this.uncertainty = `uncertainty ${name}`;
    const title = element('span', {}, signal.title ?? signal.name);
    if (signal.title !== undefined) title.append(' ', element('span', { class: 'name' }, signal.name));
    this.root = element(
      'section',
      { class: 'card', 'aria-label': signal.title ?? signal.name },
      element('h3', {}, title, this.#age),
      element(
        'div',
        { class: 'values' },
        this.#value,
        this.#reach,
        element('span', { class: 'unit' }, formatUnit(signal.unit)),
        this.#reading,
        this.#innovation,
        this.#held,
      ),
      this.#holder,
    );
  }

  /** Takes a snapshot's value; drawing waits for `draw`. `time` in seconds since 1970. */
  show(time: number, { computed, reading, deviation, held, silent }: CardValue): void {
    const sure = deviation ?? undefined;
    const reach = sure === undefined ? undefined : REACH * sure;
    setText(this.#value, formatNumber(computed));
    setText(this.#reach, reach === undefined ? '' : `± ${Number(reach.toPrecision(2))}`);
    const notes = [
      held === undefined ? [] : [`held at its ${held === 'min' ? 'minimum' : 'maximum'}`],
      silent === true ? ['silent'] : [],
      reading?.rejected === true ? ['left out: too far off'] : [],
    ].flat();
    setText(this.#held, notes.join(' · '));
    const isNew = reading?.time !== undefined && reading.time !== this.#sampleTime;
    if (reading) {
      this.#sampleTime = reading.time;
      const { measured } = reading;
      setText(this.#reading, measured === undefined ? 'no sample yet' : `measured ${formatNumber(measured)}`);
      setText(
        this.#innovation,
        reading.innovation === undefined ? '' : `Δ ${formatSigned(reading.innovation)}`,
      );
    }
    const measured = isNew ? (reading?.measured ?? null) : null;
    this.#series.push(time, { computed, measured, reach });
  }

  /** Marks when alarms about this signal came up. */
  mark(moments: readonly Moment[]): void {
    this.#moments = moments;
  }

  /** Draws this past from the next time on. */
  begin(past: Past): void {
    this.#spanSeconds = past.spanSeconds;
    this.#series.begin(past);
  }

  /** `now`: the server's time in seconds since 1970. */
  draw(now: number): void {
    if (this.#sampleTime !== undefined) {
      const age = now - Date.parse(this.#sampleTime) / 1000;
      setText(this.#age, formatAge(age));
      this.root.classList.toggle('stale', age > STALE_SECONDS);
    }
    const { columns } = this.#series;
    const [times] = columns;
    if (times.length < 2) return;
    this.#plot ??= this.#createPlot();
    const width = this.#holder.clientWidth;
    if (width !== this.#plot.width && width > 0) this.#plot.setSize({ width, height: this.#plot.height });
    const last = times.at(-1) ?? now;
    this.#plot.batch(() => {
      this.#plot?.setData(columns, false);
      this.#plot?.setScale('x', { min: this.#firstShown(last), max: last });
    });
  }

  /** A twin that has just begun fills the shortest span as it goes; a longer one is shown as it was asked for. */
  #firstShown(last: number): number {
    const first = last - this.#spanSeconds;
    return this.#spanSeconds > DETAILED_SECONDS ? first : Math.max(this.#series.times[0] ?? last, first);
  }

  destroy(): void {
    this.#plot?.destroy();
  }

  #createPlot(): UPlot {
    const style = getComputedStyle(document.documentElement);
    const color = (name: string) => style.getPropertyValue(name).trim();
    const axis: UPlot.Axis = {
      stroke: color('--quiet'),
      grid: { stroke: color('--line'), width: 1 },
      ticks: { show: false },
      font: '11px system-ui, sans-serif',
    };
    return new uPlot(
      {
        width: this.#holder.clientWidth || 280,
        height: 110,
        legend: { show: false },
        cursor: { show: false },
        hooks: { draw: [(plot) => drawMoments(plot, this.#moments)] },
        scales: { y: { range: (_plot, min, max) => roomFor(min, max) } },
        axes: [
          {
            ...axis,
            size: 22,
            space: 70,
            values: (_plot, ticks) => ticks.map((tick) => formatMoment(tick, this.#spanSeconds)),
          },
          { ...axis, size: 46, space: 26, values: (_plot, ticks) => ticks.map((tick) => formatTick(tick)) },
        ],
        series: [
          {},
          {
            stroke: color('--measured'),
            paths: () => null,
            points: { show: true, size: 3.5, fill: color('--measured'), stroke: color('--measured') },
          },
          // Above the dots, which are many in a long span.
          { stroke: color('--computed'), width: 2, points: { show: false } },
          ...Array.from({ length: 4 }, () => ({ stroke: 'transparent', points: { show: false } })),
        ],
        bands: [
          { series: [4, 3], fill: color('--band') },
          { series: [6, 5], fill: color('--measured-band') },
        ],
      },
      [[], [], [], [], [], [], []],
      this.#holder,
    );
  }
}

/** A little room above and below, and never so little that noise of the last digit fills the picture. */
function roomFor(min: number | null, max: number | null): UPlot.Range.MinMax {
  if (min === null || max === null) return [0, 1];
  const middle = (min + max) / 2;
  const half = Math.max((max - min) * 0.6, Math.abs(middle) * 0.005, 1e-9);
  return [middle - half, middle + half];
}

function formatTick(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && size < 1e-3
    ? value.toExponential()
    : Number.parseFloat(value.toPrecision(6)).toString();
}
