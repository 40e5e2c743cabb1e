/**
 * A replay of 1,000 filtered twins at 1 s with four measurements each a second, as many times as fast as the past as it goes,
 * from the call to the report, threads and kernels made anew.
 */

import { replayProject } from '../src/app/index.ts';
import { recordPast } from './lib/recorded-past.ts';
import { atLeast, type Bench, type Context, type Figure, readable } from './lib/report.ts';
import { median } from './lib/statistics.ts';

const twins = 1000;
const limit = 100;

export const replay: Bench = {
  name: 'replay',
  summary: '1,000 filtered twins at 1 s, run again from the journal and verified',
  about:
    'A past of 1,000 filtered twins (8 states, 4 sensors, two Runge–Kutta steps an update) with four samples a second each, run again from its journal and compared with what was kept: ' +
    'how many times as fast as it went by. No peer: the limit is our own promise.',
  async run({ scope, quick, note }: Context): Promise<readonly Figure[]> {
    const seconds = quick ? 120 : 600;
    const project = await recordPast({ directory: scope.directory(), twins, seconds });
    const speeds: number[] = [];
    for (let round = 0; round < (quick ? 2 : 5); round++) {
      const report = await replayProject(project);
      if (report.differences.length > 0 || report.checkpoints.twins === 0)
        throw new Error('the replay is not what was recorded');
      speeds.push(report.speed);
      note(
        `replay: ${readable(report.seconds)} s for ${readable((report.toMs - report.fromMs) / 1000)} s of ${report.twins} twins, ` +
          `${readable(report.samples / report.seconds)} samples/s`,
      );
    }
    return [atLeast(limit, { name: 'replay', value: median(speeds), unit: '× real time' })];
  },
};
