/**
 * The elementary functions of the kernels: the worst error found in the run, in units of the last place, over random points from
 * every range that a formula treats in its own way and over hard cases. The exact values are computed with whole numbers to 150
 * bits; test/core/kernel/math holds them to mpmath's. The worse of strict and relaxed arithmetic counts.
 */

import { worstError } from '../test/core/kernel/math/measure.ts';
import { functionNames } from '../test/core/kernel/math/points.ts';
import { atMost, type Bench, type Context, type Figure } from './lib/report.ts';

const limitUlp = 2.5;
const seed = 20_261_122;

export const math: Bench = {
  name: 'math.ulp',
  group: 'kernel',
  summary: 'the worst errors of 17 elementary functions, against exact values',
  about:
    'The worst error of each elementary function of the kernels found in this run, in units of the last place, against exact values from whole-number arithmetic. ' +
    'The worse of strict and relaxed arithmetic counts; half a unit is the best that rounding allows.',
  async run({ quick, note }: Context): Promise<readonly Figure[]> {
    const count = quick ? 300 : 3000;
    let points = 0;
    const figures = functionNames.map((name) => {
      const found = (['strict', 'relaxed'] as const).map((arithmetic) =>
        worstError(name, arithmetic, { count, seed }),
      );
      for (const worst of found) points += worst.points;
      const value = Math.max(...found.map(({ ulp }) => ulp));
      return atMost(limitUlp, { name: `math.ulp.${name}`, value, unit: 'ulp' });
    });
    note(`math.ulp: ${points.toLocaleString('en')} points, seed ${seed}`);
    return figures;
  },
};
