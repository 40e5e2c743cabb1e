/**
 * What the data cannot tell about the unknowns, in plain words.
 *
 * The sensitivity of everything that was measured, each unknown counted in its scale, has directions in which the unknowns
 * can be moved and the measurements hardly answer: those of its small singular values. A direction with one large element
 * is an unknown that the data do not determine; one with several is a set that they do not tell apart.
 *
 * Notation  J (rows×n) weighted sensitivity in scales, R its triangle · σ_k, v_k singular values and directions
 * Source    Brun, Reichert & Künsch, Practical identifiability analysis of large environmental simulation models, Water
 *           Resources Research 37 (2001).
 */

import type { Unknown } from './free.ts';
import { singularDirections } from './singular-values.ts';
import type { Triangle } from './triangle.ts';

export interface Finding {
  readonly kind: 'no-influence' | 'undetermined' | 'not-told-apart' | 'at-bound';
  readonly unknowns: readonly string[];
  readonly text: string;
}

export interface IdentifiabilityOptions {
  readonly unknowns: readonly Unknown[];
  /** SI, where the fit ended. */
  readonly values: Float64Array;
  /** Of the data alone, in the unknowns' scales. */
  readonly triangle: Triangle;
  /** How large a weighted residual is that says nothing: about 1. */
  readonly deviation: number;
  /** How much the residuals repeat each other: variance of a mean over that of independent ones. */
  readonly inflation: number;
}

/** A direction counts as unseen if its 95 % interval reaches this part of the unknowns' scale. */
const unseen = 0.5;
/** Elements of a direction below this part of its largest play no role in it. */
const minor = 0.25;

export function identify(options: IdentifiabilityOptions): Finding[] {
  const { unknowns, triangle, values } = options;
  const lengths = triangle.columnLengths();
  const findings: Finding[] = [];
  const seen = [...unknowns.keys()].filter((j) => {
    if (isAtBound(unknowns[j], values[j])) return false;
    if ((lengths[j] ?? 0) > 1e-12 * Math.max(...lengths)) return true;
    const { name } = label(unknowns, j);
    const text = `${name} has no influence on anything measured in this record: it stays as it was`;
    findings.push({ kind: 'no-influence', unknowns: [unknowns[j]?.name ?? ''], text });
    return false;
  });
  const columns = seen.map((j) => {
    const size = sizeOf(unknowns[j], values[j] ?? NaN);
    return Float64Array.from({ length: triangle.columns }, (_, k) => (k <= j ? size * triangle.at(k, j) : 0));
  });
  const noise = 1.96 * options.deviation * Math.sqrt(options.inflation);
  for (const { value, direction } of singularDirections(columns).toReversed()) {
    const reach = noise / value;
    if (!(reach > unseen)) break;
    const most = Math.max(...direction.map(Math.abs));
    const members = direction.flatMap((part, i) => {
      const j = seen[i];
      return j !== undefined && Math.abs(part) >= minor * most ? [{ j, part: part / most }] : [];
    });
    findings.push(sayDirection(unknowns, members, reach));
  }
  for (const [j, unknown] of unknowns.entries()) {
    if (!isAtBound(unknown, values[j])) continue;
    const { min, name } = unknown;
    const side = (values[j] ?? NaN) <= min ? 'lower' : 'upper';
    const text = `${label(unknowns, j).name} ended at its ${side} bound: the data would have it further on, or do not determine it`;
    findings.push({ kind: 'at-bound', unknowns: [name], text });
  }
  return findings;
}

/** What counts as a whole change of an unknown, in its scale: the value that was found, where it is one that can be 0. */
function sizeOf(unknown: Unknown | undefined, value: number): number {
  if (unknown === undefined || unknown.of === 'start' || unknown.signal.unit.offset !== 0) return 1;
  return Math.abs(value) / unknown.scale || 1;
}

function isAtBound(unknown: Unknown | undefined, value = NaN): boolean {
  return unknown !== undefined && (value <= unknown.min || value >= unknown.max);
}

interface Member {
  readonly j: number;
  readonly part: number;
}

function sayDirection(unknowns: readonly Unknown[], members: readonly Member[], reach: number): Finding {
  const names = members.map(({ j }) => unknowns[j]?.name ?? '');
  const [only] = members;
  if (members.length === 1 && only !== undefined) {
    const { name, scale } = label(unknowns, only.j);
    const share = reach > 10 ? 'at all' : `better than within ±${percent(reach)} of ${scale}`;
    return {
      kind: 'undetermined',
      unknowns: names,
      text: `the data do not determine ${name} ${share}`,
    };
  }
  const sign = Math.sign(members.toSorted((a, b) => Math.abs(b.part) - Math.abs(a.part))[0]?.part ?? 1);
  const moves = members.map(({ j, part }) => {
    const by = part * sign * 0.1;
    return `${label(unknowns, j).name} ${by < 0 ? 'down' : 'up'} by ${percent(Math.abs(by))}`;
  });
  const text =
    `the data do not tell ${listed(members.map(({ j }) => label(unknowns, j).name))} apart: ` +
    `with ${listed(moves)} the measurements stay nearly the same`;
  return { kind: 'not-told-apart', unknowns: names, text };
}

function label(unknowns: readonly Unknown[], j: number): { readonly name: string; readonly scale: string } {
  const unknown = unknowns[j];
  if (unknown?.of === 'start') return { name: `the start of \`${unknown.name}\``, scale: 'its range' };
  return { name: `\`${unknown?.name}\``, scale: 'its value' };
}

function percent(part: number): string {
  return `${Number((100 * part).toPrecision(2))} %`;
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
