/** Rollouts as text: what they are, how their versions compare, and their twins. */

import { columns } from './columns.ts';

interface Interval {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

interface Consistency {
  readonly meanSquare: number | null;
  readonly inside: number | null;
}

interface Errors {
  readonly measurement: string;
  readonly samples: number;
  readonly unit: string;
  readonly oldRmse: number | null;
  readonly newRmse: number | null;
  readonly rmsePercent: Interval;
}

/** What the engine answers; a list of rollouts has neither twins nor numbers, and a rollout has its first twins. */
export interface RolloutReply {
  readonly id: string;
  readonly model: string;
  readonly state: string;
  readonly watchUntil?: string;
  readonly twins: Readonly<Record<string, number>>;
  /** On how many twins the new version stands still. */
  readonly still: number;
  readonly verdict: string;
  readonly sentence: string;
  readonly list?: readonly {
    readonly id: string;
    readonly from: string;
    readonly state: string;
    readonly verdict?: string;
    readonly still?: true;
    readonly problem?: { readonly code: string; readonly message: string };
    readonly found?: string;
  }[];
  readonly acts?: readonly { readonly time: string; readonly message: string }[];
  readonly comparison?: {
    readonly measurements: readonly (Errors & {
      readonly gainNats: Interval;
      readonly old: Consistency;
      readonly new: Consistency;
    })[];
    readonly ahead: readonly (Errors & { readonly horizonSeconds: number })[];
  };
}

/** So many twins are listed. */
const mostTwins = 50;

export function rolloutLines(rollouts: readonly RolloutReply[]): string {
  if (rollouts.length === 0) return 'no rollouts\n';
  const rows = rollouts.map(({ id, model, state, twins, verdict }) => [
    id,
    model,
    state,
    counted(twins),
    verdict,
  ]);
  return words([['rollout', 'version', 'state', 'twins', 'verdict'], ...rows]);
}

export function rolloutText(rollout: RolloutReply): string {
  const { id, model, state, watchUntil, twins, still, sentence, list = [], acts = [], comparison } = rollout;
  const total = Object.values(twins).reduce((sum, count) => sum + count, 0);
  const until = watchUntil === undefined ? '' : `, watched until ${watchUntil}`;
  const parts = [
    `${id}: ${model} is ${state === 'shadow' ? 'in the shadow' : state.replace('-', ' ')}${until}\n${sentence}\n`,
    ...(still > 0 ? [`the new version stands still on ${still === 1 ? '1 twin' : `${still} twins`}\n`] : []),
  ];
  if (comparison !== undefined && comparison.measurements.length > 0) {
    parts.push(
      lines([
        ['measurement', 'samples', 'nats a sample', 'error', 'change', 'mean square', 'within 95 %'],
        ...comparison.measurements.map((one) => [
          one.measurement,
          String(one.samples),
          interval(one.gainNats, ''),
          errors(one),
          interval(one.rmsePercent, ' %'),
          `${number(one.old.meanSquare)} → ${number(one.new.meanSquare)}`,
          `${share(one.old.inside)} → ${share(one.new.inside)}`,
        ]),
        ...furthest(comparison.ahead).map((one) => [
          `${one.measurement} ${one.horizonSeconds} s ahead`,
          String(one.samples),
          '',
          errors(one),
          interval(one.rmsePercent, ' %'),
          '',
          '',
        ]),
      ]),
    );
  }
  if (list.length > 0) {
    const shown = list.slice(0, mostTwins).map((twin) => {
      const why = twin.problem === undefined ? twin.found : `${twin.problem.message} [${twin.problem.code}]`;
      return [twin.id, twin.from, twin.state, why ?? (twin.still ? 'stands still' : (twin.verdict ?? ''))];
    });
    const more = total > mostTwins ? `${total - mostTwins} more; ${counted(twins)}\n` : '';
    parts.push(words([['twin', 'from', 'state', ''], ...shown]) + more);
  }
  if (acts.length > 0) parts.push(acts.map(({ time, message }) => `${time}  ${message}\n`).join(''));
  return parts.join('\n');
}

function lines(rows: readonly (readonly string[])[]): string {
  return `${columns(rows).join('\n')}\n`;
}

/** Of each measurement only the errors furthest ahead: the others are in between. */
function furthest<T extends { readonly measurement: string; readonly horizonSeconds: number }>(
  all: readonly T[],
): readonly T[] {
  const most = new Map<string, T>();
  for (const one of all) {
    const known = most.get(one.measurement);
    if (known === undefined || known.horizonSeconds < one.horizonSeconds) most.set(one.measurement, one);
  }
  return [...most.values()];
}

/** Rows of words, every column to the left. */
function words(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function counted(twins: Readonly<Record<string, number>>): string {
  return Object.entries(twins)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ');
}

function errors({ oldRmse, newRmse, unit }: Errors): string {
  return `${number(oldRmse)} → ${number(newRmse)} ${unit}`;
}

function interval({ value, low, high }: Interval, unit: string): string {
  if (value === null) return '';
  const range = low === null || high === null ? '' : ` (${signed(low, 2)} to ${signed(high, 2)})`;
  return `${signed(value)}${unit}${range}`;
}

function signed(value: number, digits = 3): string {
  return `${value > 0 ? '+' : ''}${number(value, digits)}`;
}

function number(value: number | null, digits = 3): string {
  return value === null ? '–' : String(Number(value.toPrecision(digits))).replace('-', '−');
}

function share(value: number | null): string {
  return value === null ? '–' : `${(100 * value).toFixed(1)} %`;
}
