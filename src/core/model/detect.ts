/** Reads the `detect` section: how soon a drift or a fault is believed. */

import type { Detect } from './model.ts';
import { readDuration } from './signals.ts';
import type { Draft } from './structure.ts';

const yearSeconds = 365.25 * 86_400;
const defaults: Detect = { falseAlarmSeconds: yearSeconds, learnSamples: 300 };

/** The settings with their defaults; undefined if nothing is to be looked for. */
export function readDetect({ document, problems }: Draft): Detect | undefined {
  const { mean_time_between_false_alarms: given, learn = defaults.learnSamples } = document.detect ?? {};
  if (given === 'off') return undefined;
  const path = ['detect', 'mean_time_between_false_alarms'];
  const falseAlarmSeconds =
    given === undefined ? defaults.falseAlarmSeconds : readDuration(given, path, problems);
  return { falseAlarmSeconds: falseAlarmSeconds ?? defaults.falseAlarmSeconds, learnSamples: learn };
}
