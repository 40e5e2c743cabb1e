/**
 * The monitor without a model on two real temperatures with labelled failures: which it finds, how late, and how often it
 * is wrong.
 *
 * The Numenta Anomaly Benchmark's machine temperature (5 min, 79 days, four windows) and office temperature (60 min, 329
 * days, two windows). Both with the monitor's defaults: a week to learn from, the level over a day, one false alarm in
 * 90 days, a middle that follows in 14 days. Nothing looks ahead. An alarm is one from its beginning to its end; a window
 * counts as found if an alarm begins in it, an alarm as false if it touches none. Windows are wider than what happened
 * in them, so a delay from the beginning of a window is not how late an alarm is, but no alarm is later than that.
 *
 * The defaults were chosen knowing these series. What stands beside them is shown: shorter windows, rarer alarms, slower
 * middles, and the other features.
 *
 * Source  Lavin & Ahmad, Evaluating Real-Time Anomaly Detection Algorithms, ICMLA (2015)
 */

import { existsSync, readFileSync } from 'node:fs';
import { startMonitor, trainMonitor } from '../src/core/detect/index.ts';
import type { MonitorOptions, MonitorRow } from '../src/core/detect/index.ts';
import { atLeast, type Context, type Finding, type Proof } from './lib/report.ts';

const folder = new URL('../../shared/data/machine-temperature/', import.meta.url);
const series = {
  machine: 'machine_temperature_system_failure.csv',
  office: 'ambient_temperature_system_failure.csv',
} as const;

const hour = 3600;
const day = 24 * hour;
const month = 365.25 * (day / 12);

const beside: readonly (readonly [name: string, options: Partial<MonitorOptions>])[] = [
  ['half a day', { windowSeconds: 12 * hour }],
  ['six hours', { windowSeconds: 6 * hour }],
  ['two days', { windowSeconds: 2 * day }],
  ['a false alarm in 30 days', { falseAlarmSeconds: 30 * day }],
  ['a false alarm in 180 days', { falseAlarmSeconds: 180 * day }],
  ['a middle that follows in 7 days', { followSeconds: 7 * day }],
  ['a middle that follows in 28 days', { followSeconds: 28 * day }],
  ['level, slope and spread', { features: ['level', 'slope', 'spread'] }],
];

export const temperature: Proof = {
  name: 'temperature',
  summary: 'labelled failures of two real temperatures, found without a model',
  async run({ quick, note }: Context): Promise<readonly Finding[]> {
    if (!existsSync(folder)) {
      note('temperature: the recordings are not there (../shared/data/machine-temperature)');
      return [];
    }
    const windows: unknown = JSON.parse(readFileSync(new URL('windows.json', folder), 'utf8'));
    const found: Finding[] = [];
    for (const [name, file] of Object.entries(series)) {
      const rows = readRows(file);
      const spans = spansOf(windows, file);
      const outcome = watch(rows, spans, {});
      const named = (suffix: string, value: number, unit: string): Finding => ({
        name: `temperature.${name}.${suffix}`,
        value,
        unit,
      });
      found.push(
        atLeast(spans.length, named('found', outcome.delays.filter(Number.isFinite).length, 'windows')),
        named('false-alarms', outcome.falseAlarms, ''),
        named('false-alarms-a-month', outcome.falseAlarms / outcome.months, '1/month'),
        named('false-alarm-time', outcome.falseSeconds / day, 'd'),
        ...outcome.delays.map((delay, i) => named(`delay-${i + 1}`, delay / hour, 'h')),
      );
      for (const [what, options] of quick ? [] : beside)
        note(`${name}, with ${what}: ${inWords(watch(rows, spans, options))}`);
    }
    return found;
  },
};

interface Span {
  readonly from: number;
  readonly to: number;
}

interface Outcome {
  /** From the beginning of each window to the first alarm that begins in it, seconds; infinite: none. */
  readonly delays: readonly number[];
  readonly falseAlarms: number;
  readonly falseSeconds: number;
  readonly months: number;
}

function watch(
  rows: readonly MonitorRow[],
  windows: readonly Span[],
  options: Partial<MonitorOptions>,
): Outcome {
  const begin = (rows[0]?.time ?? 0) + 7 * day;
  const healthy = rows.filter(({ time }) => time < begin);
  const monitor = startMonitor(trainMonitor(healthy, { signals: ['temperature'], ...options }));
  const alarms: { from: number; to: number }[] = [];
  let standing = false;
  for (const row of rows) {
    const { finding } = monitor.update(row) ?? {};
    const last = alarms.at(-1);
    if (row.time < begin || finding === undefined) standing = false;
    else if (standing && last) last.to = row.time;
    else {
      alarms.push({ from: row.time, to: row.time });
      standing = true;
    }
  }
  const wrong = alarms.filter(
    ({ from, to }) => !windows.some((window) => from <= window.to && to >= window.from),
  );
  return {
    delays: windows.map(({ from, to }) => {
      const first = alarms.find((alarm) => alarm.from >= from && alarm.from <= to);
      return first ? first.from - from : Infinity;
    }),
    falseAlarms: wrong.length,
    falseSeconds: wrong.reduce((sum, alarm) => sum + alarm.to - alarm.from, 0),
    months: ((rows.at(-1)?.time ?? 0) - begin) / month,
  };
}

function inWords({ delays, falseAlarms, falseSeconds }: Outcome): string {
  const found = delays.filter(Number.isFinite).length;
  return `${found} of ${delays.length} found, ${falseAlarms} false alarms lasting ${(falseSeconds / day).toFixed(1)} d`;
}

function readRows(file: string): readonly MonitorRow[] {
  const [, ...lines] = readFileSync(new URL(file, folder), 'utf8').trim().split('\n');
  const rows = lines.map((line) => {
    const [time = '', value = ''] = line.split(',');
    return { time: secondsOf(time), values: [Number(value)] };
  });
  // Where the clock was put back, hours come twice.
  return rows.toSorted((a, b) => a.time - b.time);
}

function spansOf(windows: unknown, file: string): readonly Span[] {
  const of = windows as Readonly<Record<string, readonly (readonly [string, string])[]>>;
  return (of[file] ?? []).map(([from, to]) => ({ from: secondsOf(from), to: secondsOf(to) }));
}

/** The files give no time zone. */
function secondsOf(text: string): number {
  return Date.parse(`${text.slice(0, 19).replace(' ', 'T')}Z`) / 1000;
}
