/**
 * The names under which a twin's signals are recorded.
 *
 * | series | what it is |
 * | --- | --- |
 * | `level` | a state, output or input, at each published tick |
 * | `uncertainty level` | standard deviation of a state, a difference in its unit, where samples correct the model |
 * | `expected level_sensor` | what the model says the sensor reads, at each published tick |
 * | `measured level_sensor` | samples of a measurement, by their own time |
 */

const uncertainty = 'uncertainty';

export const seriesNames = {
  uncertainty: (state: string) => `${uncertainty} ${state}`,
  expected: (measurement: string) => `expected ${measurement}`,
  measured: (measurement: string) => `measured ${measurement}`,
} as const;

/** Whether values are differences, which have no offset: an uncertainty of 2 degC is one of 2 K. */
export function isDifference(signal: string): boolean {
  return signal.startsWith(`${uncertainty} `);
}
