/** What has changed of a model beside its quantities and formulas: solver, filter, tests for faults, events, healths. */

import type { Health, Model, Signal } from '../model/index.ts';
import { fromSi } from '../units/index.ts';

/** One setting, as its document would say it. Absent: it has none. */
export interface SettingDifference {
  /** Such as `solver.method`, `when full.severity` or `health cooler`. */
  readonly what: string;
  readonly before?: string;
  readonly after?: string;
}

export function compareSettings(a: Model, b: Model): readonly SettingDifference[] {
  const [before, after] = [settingsOf(a), settingsOf(b)];
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((what) => {
    const [was, is] = [before.get(what), after.get(what)];
    if (was === is) return [];
    return [
      { what, ...(was === undefined ? {} : { before: was }), ...(is === undefined ? {} : { after: is }) },
    ];
  });
}

function settingsOf(model: Model): Map<string, string> {
  const { filter, detect } = model;
  const settings = new Map([
    ['units', model.unitsChecked ? 'checked' : 'unchecked'],
    ['solver.method', model.method],
    ['solver.step', Number.isFinite(model.stepSeconds) ? `${model.stepSeconds} s` : 'any'],
    ['solver.tolerance', String(model.tolerance)],
    ['filter.method', filter.method],
    ['filter.gate', String(filter.gate)],
    ['filter.patience', String(filter.patience)],
    ['detect.mean_time_between_false_alarms', detect === undefined ? 'off' : `${detect.falseAlarmSeconds} s`],
    ['detect.learn', detect === undefined ? 'off' : String(detect.learnSamples)],
  ]);
  if (filter.method === 'ensemble') settings.set('filter.members', String(filter.members));
  for (const { name, severity, message } of model.whens) {
    settings.set(`when ${name}.severity`, severity);
    if (message !== undefined) settings.set(`when ${name}.raise`, message);
  }
  for (const health of model.health) settings.set(`health ${health.name}`, healthText(model, health));
  return settings;
}

function healthText(model: Model, { of, nominal, limit, failsWhen }: Health): string {
  const signal: Signal | undefined = [...model.states, ...model.outputs].find(({ name }) => name === of);
  const shown = (si: number): string =>
    signal === undefined
      ? String(si)
      : `${Number(fromSi(si, signal.unit).toPrecision(12))} ${signal.unit.symbol}`;
  return `${of}, new at ${shown(nominal)}, fails ${failsWhen} ${shown(limit)}`;
}
