/**
 * The names under which a twin's signals are recorded.
 *
 * | series | what it is |
 * | --- | --- |
 * | `level` | a state, output or input, at each recorded tick |
 * | `uncertainty level` | standard deviation of a state, a difference in its unit, where samples correct the model |
 * | `expected level_sensor` | what the model says the sensor reads, at each recorded tick |
 * | `measured level_sensor` | samples of a measurement, by their own time |
 * | `innovation level_sensor` | the newest sample at each recorded tick minus its prediction, by the sample's time |
 * | `uncertainty innovation level_sensor` | standard deviation of that innovation, where the sample could correct |
 * | `health pump` | percent of its life that is left, at each recorded tick |
 * | `uncertainty health pump` | standard deviation of the quantity that wears, where one is estimated |
 * | `tick number` | how many ticks the twin has made, at each recorded tick |
 */

import { didYouMean } from '../../core/diagnose/index.ts';

const uncertainty = 'uncertainty';
const innovation = 'innovation';

export const seriesNames = {
  uncertainty: (signal: string) => `${uncertainty} ${signal}`,
  expected: (measurement: string) => `expected ${measurement}`,
  measured: (measurement: string) => `measured ${measurement}`,
  innovation: (measurement: string) => `${innovation} ${measurement}`,
  health: (health: string) => `health ${health}`,
  tick: 'tick number',
} as const;

/** Whether values are differences, which have no offset: an uncertainty of 2 degC is one of 2 K. */
export function isDifference(signal: string): boolean {
  return signal.startsWith(`${uncertainty} `) || signal.startsWith(`${innovation} `);
}

/** Which series was meant by a name that none has, as a hint: a measurement's samples are looked for under its own name. */
export function didYouMeanSeries(name: string, known: readonly string[]): string | undefined {
  const measured = seriesNames.measured(name);
  return known.includes(measured) ? `did you mean \`${measured}\`?` : didYouMean(name, known);
}
