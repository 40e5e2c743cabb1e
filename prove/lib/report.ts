/** What a proof is and what it finds: a table for people, a JSON object a line for programs. */

import { layOut } from '../../bench/lib/table.ts';

export interface Proof {
  readonly name: string;
  /** One line for `--help`. */
  readonly summary: string;
  run(context: Context): Promise<readonly Finding[]>;
}

export interface Context {
  /** Fewer runs; limits are then not to be trusted. */
  readonly quick: boolean;
  /** A line for people, beside the findings. */
  note(text: string): void;
}

export interface Finding {
  /** The proof's own name, or that and a suffix such as `.coverage-90`. */
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly limit?: { readonly text: string; readonly met: boolean };
}

export function atMost(limit: number, finding: Finding): Finding {
  return { ...finding, limit: { text: `≤ ${readable(limit)}`, met: finding.value <= limit } };
}

export function atLeast(limit: number, finding: Finding): Finding {
  return { ...finding, limit: { text: `≥ ${readable(limit)}`, met: finding.value >= limit } };
}

export function between(low: number, high: number, finding: Finding): Finding {
  const met = finding.value >= low && finding.value <= high;
  return { ...finding, limit: { text: `${readable(low)} … ${readable(high)}`, met } };
}

/** To how many decimal digits all the pairs agree, the worst one counting: relative to the expected value, 16 at most. */
export function digits(pairs: Iterable<readonly [found: number, expected: number]>): number {
  let worst = 0;
  for (const [found, expected] of pairs) {
    const difference = Math.abs(found - expected) / (expected === 0 ? 1 : Math.abs(expected));
    if (!(difference <= worst)) worst = difference;
  }
  return Number.isNaN(worst) ? 0 : Math.min(16, -Math.log10(worst));
}

export function toJsonLine({ name, value, unit, limit }: Finding): string {
  const rounded = Number.isFinite(value) ? Number(value.toPrecision(6)) : null;
  return JSON.stringify({ name, value: rounded, unit, limit: limit?.text ?? null, met: limit?.met ?? null });
}

const headings = ['proof', 'value', 'limit', 'met'] as const;

export function toTable(findings: readonly Finding[]): string {
  return layOut([headings, ...findings.map(toCells)]);
}

function toCells({ name, value, unit, limit }: Finding): readonly string[] {
  const met = limit === undefined ? '' : limit.met ? 'yes' : 'NO';
  return [name, `${readable(value)} ${unit}`.trim(), limit?.text ?? '', met];
}

function readable(value: number): string {
  if (Math.abs(value) >= 10_000) return Math.round(value).toLocaleString('en');
  return String(Number(value.toPrecision(4)));
}
