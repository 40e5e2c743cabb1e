/** Scales, ticks and text of the plots: strings of SVG, coloured by the page's style sheet so that they suit light and dark. */

import type { Axis } from './report.ts';

export interface Scale {
  /** Where a value lies, in units of the drawing. */
  at(value: number): number;
  readonly ticks: readonly { readonly value: number; readonly text: string }[];
}

export interface Range {
  readonly from: number;
  readonly to: number;
}

export function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A scale over the values, a little beyond them, laid onto `pixels`. */
export function scaleOf({ scale }: Axis, values: readonly number[], pixels: Range): Scale {
  return scale === 'log' ? logarithmic(values, pixels) : linear(values, pixels);
}

/** Whole decades where the values span three or more of them, else also 2 and 5. */
function logarithmic(values: readonly number[], pixels: Range): Scale {
  const logs = values.filter((value) => value > 0).map(Math.log10);
  const least = Math.min(...logs);
  const most = Math.max(...logs);
  const margin = Math.max(0.04 * (most - least), 0.05);
  const [low, high] = [least - margin, most + margin];
  const at = (value: number): number =>
    pixels.from + ((Math.log10(value) - low) / (high - low)) * (pixels.to - pixels.from);
  const decades = high - low;
  const mantissas = decades >= 3 ? [1] : decades >= 1.2 ? [1, 3] : [1, 1.5, 2, 3, 5, 7];
  const every = Math.max(1, Math.ceil(decades / 6));
  const ticks = [];
  for (let exponent = Math.floor(low); exponent <= Math.ceil(high); exponent++) {
    if (exponent % every !== 0) continue;
    for (const mantissa of mantissas) {
      const value = mantissa * 10 ** exponent;
      if (Math.log10(value) >= low && Math.log10(value) <= high) ticks.push({ value, text: label(value) });
    }
  }
  return { at, ticks };
}

/** From 0, to a round number. */
function linear(values: readonly number[], pixels: Range): Scale {
  const most = Math.max(...values) * 1.05;
  const rough = most / 5;
  const decade = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((factor) => factor * decade >= rough) ?? 10) * decade;
  const end = Math.ceil(most / step) * step;
  const at = (value: number): number => pixels.from + (value / end) * (pixels.to - pixels.from);
  const count = Math.round(end / step);
  const ticks = Array.from({ length: count + 1 }, (_, i) => ({ value: i * step, text: label(i * step) }));
  return { at, ticks };
}

const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** `10⁻⁶`, `0.1`, `20,000`. */
export function label(value: number): string {
  const exponent = Math.log10(value);
  const rounded = Math.round(exponent);
  const isPower = Math.abs(exponent - rounded) < 1e-9;
  if (value > 0 && (rounded < -3 || rounded > 5)) {
    const digits = String(Math.abs(rounded)).replaceAll(/\d/g, (digit) => superscripts[Number(digit)] ?? '');
    const power = `10${rounded < 0 ? '⁻' : ''}${digits}`;
    return isPower ? power : `${Number((value / 10 ** Math.floor(exponent)).toPrecision(2))}·${power}`;
  }
  return Number(value.toPrecision(3)).toLocaleString('en', { maximumFractionDigits: 6 });
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}
