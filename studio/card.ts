/** One signal: its name, its value with unit, age and bound, what a sensor says of it, and a chart of its past. */

import type UPlot from 'uplot';
import type { Reading, Signal } from './api.ts';
import { element, setText } from './dom.ts';
import { formatAge, formatEarlier, formatMoment, formatNumber, formatSigned, formatUnit } from './format.ts';
import { drawCursor, drawMoments, type Moment } from './moments.ts';
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
  #endSeconds: number | undefined;
  /** Of a past moment that is shown. */
  #cursor: number | undefined;
  /** Whether the lines of a past span are drawn: they stay as they are. */
  #isDrawn = false;
  #isMarkedAnew = false;
  #sampleTime: string | undefined;

  /** @param onPick - told which moment somebody points at, in seconds since 1970. */
  constructor(signal: Signal, onPick: (time: number) => void) {
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
    this.#letPick(onPick);
  }

  /** Takes a snapshot's value; drawing waits for `draw`. `time` in seconds since 1970. */
  show(time: number, value: CardValue): void {
    const isNew = value.reading?.time !== undefined && value.reading.time !== this.#sampleTime;
    this.tell(value);
    const measured = isNew ? (value.reading?.measured ?? null) : null;
    this.#series.push(time, { computed: value.computed, measured, reach: reachOf(value) });
  }

  /** Only says it: the chart has the values of a past span already. */
  tell(value: CardValue): void {
    const { computed, reading, held, silent } = value;
    const reach = reachOf(value);
    setText(this.#value, formatNumber(computed));
    setText(this.#reach, reach === undefined ? '' : `± ${Number(reach.toPrecision(2))}`);
    const notes = [
      held === undefined ? [] : [`held at its ${held === 'min' ? 'minimum' : 'maximum'}`],
      silent === true ? ['silent'] : [],
      reading?.rejected === true ? ['left out: too far off'] : [],
    ].flat();
    setText(this.#held, notes.join(' · '));
    if (reading) {
      this.#sampleTime = reading.time;
      const { measured } = reading;
      setText(this.#reading, measured === undefined ? 'no sample yet' : `measured ${formatNumber(measured)}`);
      setText(
        this.#innovation,
        reading.innovation === undefined ? '' : `Δ ${formatSigned(reading.innovation)}`,
      );
    }
  }

  /** Marks the past moment that is shown, in seconds since 1970. */
  point(cursor: number | undefined): void {
    if (cursor !== this.#cursor) this.#isMarkedAnew = true;
    this.#cursor = cursor;
  }

  /** Marks when alarms about this signal came up. */
  mark(moments: readonly Moment[]): void {
    this.#moments = moments;
    this.#isMarkedAnew = true;
  }

  /** Draws this past from the next time on. */
  begin(past: Past): void {
    this.#spanSeconds = past.spanSeconds;
    this.#endSeconds = past.endSeconds;
    // Of another past span nothing is to stay behind this one.
    if (past.endSeconds !== undefined) this.#series.clear();
    this.#series.begin(past);
    this.#isDrawn = false;
  }

  /** `now`: the server's time in seconds since 1970. */
  draw(now: number): void {
    if (this.#sampleTime !== undefined) {
      const age = now - Date.parse(this.#sampleTime) / 1000;
      setText(this.#age, this.#cursor === undefined ? formatAge(age) : formatEarlier(age));
      this.root.classList.toggle('stale', age > STALE_SECONDS);
    }
    const { columns } = this.#series;
    const [times] = columns;
    if (times.length < 2) return;
    this.#plot ??= this.#createPlot();
    const width = this.#holder.clientWidth;
    if (width !== this.#plot.width && width > 0) this.#plot.setSize({ width, height: this.#plot.height });
    if (this.#endSeconds !== undefined && this.#isDrawn) {
      // While somebody drags, only the line of the moment moves.
      if (this.#isMarkedAnew) this.#plot.redraw(false, false);
      this.#isMarkedAnew = false;
      return;
    }
    this.#isDrawn = true;
    this.#isMarkedAnew = false;
    const last = this.#endSeconds ?? times.at(-1) ?? now;
    this.#plot.batch(() => {
      this.#plot?.setData(columns, false);
      this.#plot?.setScale('x', { min: this.#firstShown(last), max: last });
    });
  }

  /** A twin that has just begun fills the shortest span as it goes; a longer one is shown as it was asked for. */
  #firstShown(last: number): number {
    const first = last - this.#spanSeconds;
    return this.#endSeconds !== undefined || this.#spanSeconds > DETAILED_SECONDS
      ? first
      : Math.max(this.#series.times[0] ?? last, first);
  }

  destroy(): void {
    this.#plot?.destroy();
  }

  /** By pressing on the chart, and as long as the button is held. The keyboard has the slider of the time bar. */
  #letPick(onPick: (time: number) => void): void {
    const holder = this.#holder;
    holder.title = 'Click or drag to see this moment';
    const pick = ({ clientX }: PointerEvent): void => {
      const plot = this.#plot;
      if (plot === undefined) return;
      const left = clientX - plot.over.getBoundingClientRect().left;
      onPick(plot.posToVal(Math.min(Math.max(left, 0), plot.over.clientWidth), 'x'));
    };
    holder.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      // Otherwise text would be selected on the way.
      event.preventDefault();
      pick(event);
    });
    // Not captured: the first moment puts another chart in the place of this one.
    holder.addEventListener('pointermove', (event) => {
      if ((event.buttons & 1) === 1) pick(event);
    });
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
        hooks: {
          draw: [(plot) => drawMoments(plot, this.#moments), (plot) => drawCursor(plot, this.#cursor)],
        },
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

/** Half the width of the band. */
function reachOf({ deviation }: CardValue): number | undefined {
  return deviation === undefined || deviation === null ? undefined : REACH * deviation;
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
