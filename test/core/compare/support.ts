/** Samples for two versions of a model whose errors are known: white, or with a memory. */

import assert from 'node:assert/strict';
import type { Comparison, PairedSample, Verdict } from '../../../src/core/compare/index.ts';
import { Rng } from '../../../src/core/statistics/index.ts';

export interface Machine {
  readonly seed: number;
  /** Of the errors of the new version, the old one's being 1. */
  readonly ratio?: number;
  /** Correlation of the slow part of an error with the one before, and the share of the variance that is slow. */
  readonly memory?: number;
  readonly slow?: number;
}

/** Normal errors, each version's its own: what is hardest to compare. */
export function errorsOf({
  seed,
  ratio = 1,
  memory = 0,
  slow = 0,
}: Machine): () => readonly [number, number] {
  const rng = new Rng(seed);
  const states = [rng.normal(), rng.normal()];
  const draw = (version: number): number => {
    const state = memory * (states[version] ?? 0) + Math.sqrt(1 - memory * memory) * rng.normal();
    states[version] = state;
    return Math.sqrt(slow) * state + Math.sqrt(1 - slow) * rng.normal();
  };
  return () => [draw(0), ratio * draw(1)];
}

/** A sample that neither gate left out. */
export function sampleOf(
  measurement: string,
  [old, next]: readonly [number, number],
  claims = [1, 1],
): PairedSample {
  return {
    measurement,
    old: { innovation: old, deviation: claims[0] ?? 1, rejected: false },
    new: { innovation: next, deviation: claims[1] ?? 1, rejected: false },
  };
}

/** Watches for so many seconds, looking every 16; the first word that says that the versions differ, and when. */
export function watch(
  comparison: Comparison,
  machine: Machine,
  seconds: number,
): { readonly verdict: Verdict; readonly at: number } {
  const errors = errorsOf(machine);
  for (let at = 1; at <= seconds; at++) {
    comparison.tick(at * 1000, [sampleOf('level', errors())]);
    if (at % 16 !== 0) continue;
    const verdict = comparison.verdict();
    if (verdict === 'better' || verdict === 'worse') return { verdict, at };
  }
  return { verdict: comparison.verdict(), at: seconds };
}

export function near(actual: number, expected: number, relative: number): void {
  const off = Math.abs(actual - expected);
  assert.ok(off <= relative * Math.abs(expected), `${actual} is not ${expected}`);
}
