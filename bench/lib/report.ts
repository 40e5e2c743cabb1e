/** What a benchmark is and what it finds: a table for people, a JSON object a line for programs. */

import { availableParallelism, cpus, loadavg, release, type } from 'node:os';
import type { Scope } from './scope.ts';
import { layOut } from './table.ts';

export interface Bench {
  readonly name: string;
  /** A name that several benchmarks answer to. */
  readonly group?: string;
  /** One line for `--help`. */
  readonly summary: string;
  /** What is measured, beside whom, and how fair that is, in two sentences for the page. */
  readonly about: string;
  run(context: Context): Promise<readonly Figure[]>;
}

export interface Context {
  readonly scope: Scope;
  /** Shorter and less exact. */
  readonly quick: boolean;
  /** A line for people, beside the figures. */
  note(text: string): void;
  /** A curve for the page, beside the figures. */
  plot(plot: Plot): void;
}

export interface Axis {
  readonly title: string;
  readonly scale: 'log' | 'linear';
}

export interface Plot {
  readonly title: string;
  readonly x: Axis;
  readonly y: Axis;
  /** At most four: more colours cannot be told apart. The first is Gemel's. */
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly { readonly x: number; readonly y: number }[];
  }[];
}

export interface Figure {
  /** The benchmark's own name, or that and a suffix such as `.memory`. */
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What it is compared with, in the same unit. */
  readonly peer?: { readonly name: string; readonly value: number };
  readonly limit?: Limit;
}

export interface Limit {
  /** `≤ 50 ms` bounds the value, `≥ 10 ×` the ratio to the peer. */
  readonly text: string;
  readonly of: 'value' | 'ratio';
  readonly bound: number;
  readonly met: boolean;
}

/** Bounds the value from above. */
export function atMost(bound: number, figure: Figure): Figure {
  const { value, unit } = figure;
  return { ...figure, limit: { text: `≤ ${bound} ${unit}`, of: 'value', bound, met: value <= bound } };
}

/** Bounds the value from below. */
export function atLeast(bound: number, figure: Figure): Figure {
  const { value, unit } = figure;
  return { ...figure, limit: { text: `≥ ${bound} ${unit}`, of: 'value', bound, met: value >= bound } };
}

/** Bounds the ratio to the peer from below. */
export function atLeastTimes(bound: number, figure: Figure): Figure {
  const met = (ratioOf(figure) ?? 0) >= bound;
  return { ...figure, limit: { text: `≥ ${bound} ×`, of: 'ratio', bound, met } };
}

/** Bounds the ratio to the peer from above. */
export function atMostTimes(bound: number, figure: Figure): Figure {
  const met = (ratioOf(figure) ?? Infinity) <= bound;
  return { ...figure, limit: { text: `≤ ${bound} ×`, of: 'ratio', bound, met } };
}

export function toJsonLine(figure: Figure): string {
  const { name, value, unit, peer } = figure;
  const [rounded, peerValue, ratio] = [value, peer?.value, ratioOf(figure)].map((number) =>
    number === undefined || !Number.isFinite(number) ? null : Number(number.toPrecision(6)),
  );
  return JSON.stringify({
    name,
    value: rounded,
    unit,
    peer: peer?.name ?? null,
    peer_value: peerValue,
    ratio,
  });
}

const headings = ['benchmark', 'value', 'peer', "peer's value", 'ratio', 'limit', 'met'] as const;

export function toTable(figures: readonly Figure[]): string {
  return layOut([headings, ...figures.map(toCells)]);
}

function toCells(figure: Figure): readonly string[] {
  const { name, value, unit, peer, limit } = figure;
  const ratio = ratioOf(figure);
  return [
    name,
    `${readable(value)} ${unit}`,
    peer?.name ?? '',
    peer ? `${readable(peer.value)} ${unit}` : '',
    ratio === undefined ? '' : `${readable(ratio)} ×`,
    limit?.text ?? '',
    limit === undefined ? '' : limit.met ? 'yes' : 'NO',
  ];
}

export function ratioOf({ value, peer }: Figure): number | undefined {
  return peer === undefined ? undefined : value / peer.value;
}

/** Three significant digits are more than such measurements are worth. */
export function readable(value: number): string {
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(3)));
}

/** Figures mean little without the machine they were taken on. */
export function describeMachine(): string {
  const model = cpus()[0]?.model.trim() || 'unknown processor';
  const load = loadavg()[0]?.toFixed(1) ?? '?';
  return `${availableParallelism()} cores (${model}) · Node ${process.versions.node} · ${type()} ${release()} · load ${load} before`;
}
