/**
 * A monitor learnt from a healthy period, for machines of which little physics is known.
 *
 * Each signal's level (and, if asked for, slope and spread) over a window is compared with those of the healthy period by
 * robust principal components; one signal alone will do. The middle follows slowly, so that seasons are no faults; while it
 * is off, it follows by no more than three spreads. An alarm begins above a limit and ends below half of it, in
 * spreads. The limit comes from the wanted mean time between false alarms, counting one independent value a window; it
 * holds as far as healthy values are normal, and not better than a short healthy period tells them.
 */

import { GemelError } from '../diagnose/index.ts';
import { dailyProfile, FeatureWindow, usualInterval } from './features.ts';
import type { Feature, FeaturePlan, MonitorRow } from './features.ts';
import type { Finding } from './finding.ts';
import { distanceOf, fitPrincipal } from './principal.ts';
import type { Distance, PrincipalModel } from './principal.ts';

export interface MonitorOptions {
  readonly signals: readonly string[];
  /** Default: level alone. */
  readonly features?: readonly Feature[];
  /** Default a day. */
  readonly windowSeconds?: number;
  /** Mean time between false alarms. Default 90 days. */
  readonly falseAlarmSeconds?: number;
  /** In this time the middle follows a lasting change. Default 14 days; Infinity: never. */
  readonly followSeconds?: number;
  /** Share of the variance that the components kept explain. Default 0.95. */
  readonly explained?: number;
}

/** What was learnt: plain data, which survives JSON. */
export interface MonitorModel extends FeaturePlan, PrincipalModel {
  readonly signals: readonly string[];
  /** Null: never. */
  readonly followSeconds: number | null;
}

/** What a monitor remembers: plain data too. */
export interface MonitorState {
  readonly rows: readonly MonitorRow[];
  readonly center: readonly number[];
  /** When the alarm that stands began; null: none. */
  readonly since: number | null;
}

interface MonitorReading extends Distance {
  /** Present while an alarm stands. `size` is the distance in parts of the limit. */
  readonly finding?: Finding;
}

export interface Monitor {
  /** Takes the next row. Undefined while the window is not full enough. */
  update(row: MonitorRow): MonitorReading | undefined;
  save(): MonitorState;
}

const daySeconds = 86_400;
const leastRows = 10;

/**
 * Learns from the rows of a healthy period: at least two windows, better several; robust against some that are not.
 *
 * @throws GemelError `SHAPE_MISMATCH` if a row has not one value a signal, or if the rows fill too few windows.
 */
export function trainMonitor(rows: readonly MonitorRow[], options: MonitorOptions): MonitorModel {
  const { signals } = options;
  const windowSeconds = options.windowSeconds ?? daySeconds;
  const falseAlarmSeconds = options.falseAlarmSeconds ?? 90 * daySeconds;
  const followSeconds = options.followSeconds ?? 14 * daySeconds;
  const wrong = rows.find(({ values }) => values.length !== signals.length);
  if (wrong)
    throw new GemelError('SHAPE_MISMATCH', `a row has ${wrong.values.length} values, not ${signals.length}`);
  const plan: FeaturePlan = {
    features: options.features ?? ['level'],
    windowSeconds,
    intervalSeconds: usualInterval(rows),
    daily: windowSeconds < daySeconds ? signals.map((_, signal) => dailyProfile(rows, signal)) : [],
  };
  const window = new FeatureWindow(plan);
  const begin = rows[0]?.time ?? 0;
  const learnt = rows.flatMap((row) => {
    const found = window.add(row);
    return found && row.time - begin >= 0.9 * windowSeconds ? [found] : [];
  });
  if (learnt.length < leastRows || !((rows.at(-1)?.time ?? 0) - begin >= 2 * windowSeconds)) {
    throw new GemelError(
      'SHAPE_MISMATCH',
      `${rows.length} rows fill the window of ${windowSeconds} s ${learnt.length} times; at least ${leastRows} times and two windows are needed`,
    );
  }
  const probability = Math.min(0.5, windowSeconds / falseAlarmSeconds);
  const principal = fitPrincipal(learnt, { probability, explained: options.explained ?? 0.95 });
  return { ...plan, ...principal, signals, followSeconds: followSeconds < Infinity ? followSeconds : null };
}

/** Goes on from a saved state, or begins with nothing seen. */
export function startMonitor(model: MonitorModel, saved?: MonitorState): Monitor {
  const window = new FeatureWindow(model, saved?.rows);
  let center = saved?.center ?? model.center;
  let since = saved?.since ?? null;
  return {
    update(row) {
      const before = window.rows.at(-1)?.time ?? row.time;
      const found = window.add(row);
      if (found === undefined) return undefined;
      const distance = distanceOf(model, found, center);
      // Half of the limit in spreads is a quarter of it in squares.
      if (since === null ? distance.ratio > 1 : !(distance.ratio < 0.25)) since ??= row.time;
      else since = null;
      const finding = since === null ? undefined : explain(model, { found, center, distance, since });
      center = follow(model, { found, center, seconds: row.time - before });
      return finding ? { ...distance, finding } : distance;
    },
    save: () => ({ rows: window.rows, center, since }),
  };
}

/** The middle goes towards what is found, by at most three spreads' worth. */
function follow(
  { scale, followSeconds }: MonitorModel,
  { found, center, seconds }: { found: readonly number[]; center: readonly number[]; seconds: number },
): readonly number[] {
  if (followSeconds === null) return center;
  const part = Math.min(1, Math.min(seconds, daySeconds) / followSeconds);
  return center.map((middle, j) => {
    const most = 3 * (scale[j] ?? 0);
    return middle + part * Math.min(Math.max((found[j] ?? middle) - middle, -most), most);
  });
}

interface Explained {
  readonly found: readonly number[];
  readonly center: readonly number[];
  readonly distance: Distance;
  readonly since: number;
}

function explain(model: MonitorModel, { found, center, distance, since }: Explained): Finding {
  const { features, signals } = model;
  const worst = distance.shares
    .map((share, j) => ({ share, j }))
    .filter(({ share }) => share >= 0.2)
    .toSorted((a, b) => b.share - a.share)
    .slice(0, 3);
  const phrases = worst.map(({ j }) => {
    const feature = features[j % features.length] ?? 'level';
    const above = (found[j] ?? 0) > (center[j] ?? 0);
    return `${signals[Math.floor(j / features.length)] ?? ''} ${comparison[feature][above ? 'above' : 'below']}`;
  });
  const [first] = worst;
  // Ten faults to a false alarm, and as much likelier as the distance is beyond its limit.
  const odds = 10 * Math.exp(Math.min(((distance.ratio - 1) * model.limitT2) / 2, 100));
  return {
    kind: 'pattern-unusual',
    subject: first === undefined ? '' : (signals[Math.floor(first.j / features.length)] ?? ''),
    size: distance.ratio,
    since,
    confidence: odds / (1 + odds),
    words: `unlike its healthy period: ${phrases.join(', ')}`,
  };
}

const comparison: Readonly<Record<Feature, { readonly above: string; readonly below: string }>> = {
  level: { above: 'is higher than usual', below: 'is lower than usual' },
  slope: { above: 'rises more than usual', below: 'falls more than usual' },
  spread: { above: 'varies more than usual', below: 'varies less than usual' },
};
