/**
 * Plots in the terminal. A Braille character is a grid of 2 × 4 dots (Unicode block U+2800, where dot n is one bit),
 * so a panel of 72 × 12 characters shows 144 × 48 dots.
 *
 *     temperature [degC]
 *     66 ┤⠉⠉⠒⠢⢄
 *        │      ⠑⢄
 *     60 ┤        ⠑
 *        └──────────
 *        0        10 min
 */

import { panelsOf, type Panel, type PlotData } from './panels.ts';
import { type Range, rangeOf, tickLabels, ticksIn, timeUnitFor } from './scale.ts';

export interface TerminalPlotOptions {
  readonly columns: number;
  readonly rows: number;
  readonly color: 'always' | 'never';
}

const dotBits = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;
const colors = [36, 33, 35, 32, 34, 31];

/** All panels of a plot, one below the other, each `rows` high; ends with a newline. */
export function plotInTerminal(data: PlotData, options: TerminalPlotOptions): string {
  const time = rangeOf([data.timeSeconds]) ?? { from: 0, to: 1 };
  const panels = panelsOf(data.lines).map((panel) => drawPanel(panel, data.timeSeconds, time, options));
  return `${[data.title, ...panels].join('\n\n')}\n`;
}

function drawPanel(
  panel: Panel,
  seconds: ArrayLike<number>,
  time: Range,
  options: TerminalPlotOptions,
): string {
  const range = rangeOf(panel.lines.map((line) => line.values));
  const legend = panel.lines.map((line, i) => paint(options, i, line.name)).join('  ');
  const title = `${legend}${panel.unit ? ` [${panel.unit}]` : ''}`;
  if (!range) return `${title}\n(no finite value)`;

  const ticks = ticksIn(range, Math.max(3, Math.floor(options.rows / 3)));
  const labels = tickLabels(ticks);
  const margin = Math.max(...labels.map((label) => label.length), 1);
  const width = Math.max(16, options.columns - margin - 3);
  const canvas = new Canvas(width, options.rows);
  panel.lines.forEach((line, index) => {
    drawLine(canvas, index, { seconds, values: line.values, time, range });
  });

  const labelAt = new Map<number, string>();
  ticks.forEach((tick, i) => {
    labelAt.set(Math.floor(canvas.yOf(tick, range) / 4), labels[i] ?? '');
  });
  const rows = Array.from({ length: options.rows }, (_, row) => {
    const label = labelAt.get(row);
    return `${(label ?? '').padStart(margin)} ${label === undefined ? '│' : '┤'}${canvas.row(row, options)}`;
  });
  const axis = `${' '.repeat(margin + 1)}└${'─'.repeat(width)}`;
  return [title, ...rows, axis, `${' '.repeat(margin + 2)}${timeLabels(time, width)}`].join('\n');
}

interface Curve {
  readonly seconds: ArrayLike<number>;
  readonly values: ArrayLike<number>;
  readonly time: Range;
  readonly range: Range;
}

function drawLine(canvas: Canvas, index: number, curve: Curve): void {
  let last: { x: number; y: number } | undefined;
  for (let i = 0; i < curve.values.length; i++) {
    const value = curve.values[i] ?? Number.NaN;
    if (!Number.isFinite(value)) {
      last = undefined;
      continue;
    }
    const x = canvas.xOf(curve.seconds[i] ?? 0, curve.time);
    const y = canvas.yOf(value, curve.range);
    canvas.segment(last ?? { x, y }, { x, y }, index);
    last = { x, y };
  }
}

/** A field of dots, with the line that coloured each character last. */
class Canvas {
  readonly #columns: number;
  readonly #rows: number;
  readonly #bits: Uint8Array;
  readonly #owner: Int8Array;

  constructor(columns: number, rows: number) {
    this.#columns = columns;
    this.#rows = rows;
    this.#bits = new Uint8Array(columns * rows);
    this.#owner = new Int8Array(columns * rows).fill(-1);
  }

  xOf(value: number, range: Range): number {
    return Math.round(((value - range.from) / (range.to - range.from)) * (2 * this.#columns - 1));
  }

  yOf(value: number, range: Range): number {
    return Math.round(((range.to - value) / (range.to - range.from)) * (4 * this.#rows - 1));
  }

  segment(from: { x: number; y: number }, to: { x: number; y: number }, owner: number): void {
    const steps = Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y), 1);
    for (let i = 0; i <= steps; i++) {
      const x = Math.round(from.x + ((to.x - from.x) * i) / steps);
      const y = Math.round(from.y + ((to.y - from.y) * i) / steps);
      const cell = (y >> 2) * this.#columns + (x >> 1);
      this.#bits[cell] = (this.#bits[cell] ?? 0) | (dotBits[x & 1 ? 1 : 0][y & 3] ?? 0);
      this.#owner[cell] = owner;
    }
  }

  row(row: number, options: TerminalPlotOptions): string {
    let text = '';
    for (let column = 0; column < this.#columns; column++) {
      const cell = row * this.#columns + column;
      const bits = this.#bits[cell] ?? 0;
      text += bits === 0 ? ' ' : paint(options, this.#owner[cell] ?? 0, String.fromCodePoint(0x2800 + bits));
    }
    return text.trimEnd();
  }
}

function paint(options: TerminalPlotOptions, index: number, text: string): string {
  if (options.color === 'never') return text;
  return `\u001b[${colors[index % colors.length]}m${text}\u001b[0m`;
}

function timeLabels(time: Range, width: number): string {
  const unit = timeUnitFor(time.to - time.from);
  const scaled = { from: time.from / unit.seconds, to: time.to / unit.seconds };
  const ticks = ticksIn(scaled, 5);
  const labels = tickLabels(ticks);
  let text = '';
  ticks.forEach((tick, i) => {
    const at = Math.round(((tick - scaled.from) / (scaled.to - scaled.from)) * (width - 1));
    const label = `${labels[i]}${i === ticks.length - 1 ? ` ${unit.symbol}` : ''}`;
    if (at >= text.length) text = text.padEnd(Math.max(0, Math.min(at, width - label.length))) + label;
  });
  return text;
}
