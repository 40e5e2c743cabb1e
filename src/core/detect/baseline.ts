/**
 * What the innovations of one sensor are like while nothing is wrong, learnt from its first samples, and what is left of
 * a later one after that: a white number of unit size.
 *
 * Innovations of a model that is a little wrong are coloured and not quite of unit size; taken for white they alarm all
 * the time. w = ((e − μ) − φ (e₋₁ − μ)) / (σ √(1 − φ²)). A shift of e by d shows in w as d √((1 − φ)/(1 + φ))/σ: a
 * coloured innovation is believed less. What a healthy model can hardly be is not learnt away: μ stays within ±½, σ
 * within ⅒…3, φ within −½…0.95.
 *
 * Notation  e normalised innovation · μ σ φ its mean, standard deviation, correlation with the one before · w whitened
 * Source    Lu & Reynolds, CUSUM Charts for Monitoring an Autocorrelated Process, J. Quality Technology 33 (2001)
 */

import { add } from './record.ts';

const slots = { count: 0, previous: 1, mean: 2, spread: 3, correlation: 4, squares: 5, products: 6 } as const;
export const baselineWidth = 7;

/** Whether so many samples have been learnt from. */
export function hasLearnt(memory: Float64Array, offset: number, samples: number): boolean {
  return (memory[offset + slots.count] ?? 0) >= samples;
}

/** Learns from one sample, in place; when it is the last of `samples`, the baseline is fixed. */
export function learn(memory: Float64Array, offset: number, e: number, samples: number): void {
  const count = (memory[offset + slots.count] ?? 0) + 1;
  // Until the last, the three places hold sums.
  memory[offset + slots.count] = count;
  add(memory, offset + slots.mean, e);
  add(memory, offset + slots.squares, e * e);
  if (count > 1) add(memory, offset + slots.products, e * (memory[offset + slots.previous] ?? 0));
  memory[offset + slots.previous] = e;
  if (count < samples) return;
  const mean = (memory[offset + slots.mean] ?? 0) / count;
  const variance = (memory[offset + slots.squares] ?? 0) / count - mean * mean;
  const product = (memory[offset + slots.products] ?? 0) / Math.max(1, count - 1) - mean * mean;
  memory[offset + slots.mean] = within(mean, -0.5, 0.5);
  memory[offset + slots.spread] = within(Math.sqrt(Math.max(0, variance)), 0.1, 3);
  memory[offset + slots.correlation] = variance > 0 ? within(product / variance, -0.5, 0.95) : 0;
}

/**
 * The sample without its baseline; keeps it for the next one, in place.
 *
 * @param gap - time since the sample before, in usual intervals: what is far back is remembered less.
 * @param samples - as for `learn`; 0: the sample is taken as it is.
 */
export function whiten(
  memory: Float64Array,
  offset: number,
  of: { readonly e: number; readonly gap: number; readonly samples: number },
): number {
  const before = memory[offset + slots.previous] ?? 0;
  memory[offset + slots.previous] = of.e;
  if (of.samples === 0) return of.e;
  const mean = memory[offset + slots.mean] ?? 0;
  const once = memory[offset + slots.correlation] ?? 0;
  const correlation = once > 0 ? once ** Math.max(1, of.gap) : of.gap > 1.5 ? 0 : once;
  const rest = of.e - mean - correlation * (before - mean);
  return rest / ((memory[offset + slots.spread] ?? 1) * Math.sqrt(1 - correlation * correlation));
}

export interface Baseline {
  readonly spread: number;
  readonly correlation: number;
}

/** What was learnt of `samples`; before that, and if there is nothing to learn, that of white noise. */
export function baselineOf(memory: Float64Array, offset: number, samples: number): Baseline {
  if (samples === 0 || !hasLearnt(memory, offset, samples)) return { spread: 1, correlation: 0 };
  return {
    spread: memory[offset + slots.spread] ?? 1,
    correlation: memory[offset + slots.correlation] ?? 0,
  };
}

function within(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
