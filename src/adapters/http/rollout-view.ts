/** Rollouts and comparisons as readers see them: times as text, errors in the units of the model, and null where there is no number. */

import type { ComparisonResult } from '../../core/compare/index.ts';
import type { Model } from '../../core/model/index.ts';
import { fromSiDifference } from '../../core/units/index.ts';
import type { Rollout, RolloutFindings } from '../../engine/index.ts';
import type * as schemas from './rollout-schemas.ts';

/** Of a part that names its twins, so many names are told: the list of the rollout has them all. */
const namesTold = 20;

export function rolloutSummary(rollout: Rollout, findings: RolloutFindings): schemas.RolloutSummary {
  const { id, model, of, state, rollback, createdMs, changedMs, watchUntilMs, twins, acts } = rollout;
  const { verdict, sentence } = findings.together;
  const last = acts.at(-1);
  const counts: Record<string, number> = {};
  const from: Record<string, number> = {};
  for (const twin of twins) {
    counts[twin.state] = (counts[twin.state] ?? 0) + 1;
    from[twin.from] = (from[twin.from] ?? 0) + 1;
  }
  const { when, watchMs, sharePercent } = rollback;
  return {
    id,
    model,
    from,
    of: 'twins' in of ? { twins: of.twins.slice(0, namesTold) } : of,
    state,
    rollback: { when, watchSeconds: watchMs / 1000, sharePercent },
    created: timeText(createdMs),
    changed: timeText(changedMs),
    ...(watchUntilMs !== undefined && { watchUntil: timeText(watchUntilMs) }),
    twins: counts,
    still: twins.filter((twin) => findings.standsStillOn(twin.id)).length,
    verdict,
    sentence,
    ...(last !== undefined && { last: actView(last) }),
  };
}

export interface RolloutShown {
  readonly rollout: Rollout;
  readonly findings: RolloutFindings;
  /** The new version, if it is there. */
  readonly model: Model | undefined;
}

export function rolloutView(
  { rollout, findings, model }: RolloutShown,
  { state: wanted, twin, limit = 100, offset = 0 }: schemas.ListQuery = {},
): schemas.Rollout {
  const fitting = rollout.twins.filter(
    ({ id, state }) => (wanted === undefined || state === wanted) && (twin === undefined || id === twin),
  );
  return {
    ...rolloutSummary(rollout, findings),
    list: fitting.slice(offset, offset + limit).map(({ id, from, state, changedMs, problem, found }) => {
      const verdict = findings.verdictOn(id);
      return {
        id,
        from,
        state,
        changed: timeText(changedMs),
        ...(verdict !== undefined && { verdict }),
        ...(findings.standsStillOn(id) && { still: true as const }),
        ...(problem !== undefined && { problem }),
        ...(found !== undefined && { found }),
      };
    }),
    total: fitting.length,
    acts: rollout.acts.map(actView),
    comparison: comparisonView(findings.together, model),
  };
}

export function comparisonView(result: ComparisonResult, model: Model | undefined): schemas.Comparison {
  const { together, measurements, ahead, aheadPercent, ...rest } = result;
  const errors = (name: string, { oldRmse, newRmse }: { oldRmse: number; newRmse: number }) => {
    const unit = model?.measurements.find((measurement) => measurement.name === name)?.unit;
    const shown = (si: number): number | null => tidy(unit === undefined ? si : fromSiDifference(si, unit));
    return { unit: unit?.symbol ?? '', oldRmse: shown(oldRmse), newRmse: shown(newRmse) };
  };
  return {
    ...rest,
    together: {
      samples: together.samples,
      gainNats: interval(together.gainNats),
      rmsePercent: interval(together.rmsePercent),
      old: { meanSquare: interval(together.old.meanSquare), inside: interval(together.old.inside) },
      new: { meanSquare: interval(together.new.meanSquare), inside: interval(together.new.inside) },
    },
    measurements: measurements.map((one) => ({
      measurement: one.measurement,
      leftOut: one.leftOut,
      samples: one.samples,
      gainNats: interval(one.gainNats),
      rmsePercent: interval(one.rmsePercent),
      ...errors(one.measurement, one),
      old: { meanSquare: tidy(one.old.meanSquare), inside: tidy(one.old.inside) },
      new: { meanSquare: tidy(one.new.meanSquare), inside: tidy(one.new.inside) },
    })),
    ahead: ahead.map((one) => ({
      measurement: one.measurement,
      horizonSeconds: one.horizonSeconds,
      samples: one.samples,
      ...errors(one.measurement, one),
      rmsePercent: interval(one.rmsePercent),
    })),
    aheadPercent: interval(aheadPercent),
  };
}

function actView({ atMs, act, message }: Rollout['acts'][number]) {
  return { time: timeText(atMs), act, message };
}

function interval({ value, low, high }: ComparisonResult['aheadPercent']) {
  return { value: tidy(value), low: tidy(low), high: tidy(high) };
}

/** To six digits, of which no comparison has more. */
function tidy(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(6)) : null;
}

function timeText(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
