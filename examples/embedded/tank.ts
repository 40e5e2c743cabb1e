/** A twin inside a program of your own: no broker, no server, no files. */

import { createTwin, defineModel } from 'gemel';

const tank = defineModel({
  gemel: 1,
  model: 'tank',
  version: '1.0.0',
  inputs: { inflow: { unit: 'l/min', default: 0 } },
  parameters: { area: { unit: 'm^2', value: 1.5 }, outlet: { unit: 'cm^2', value: 4 } },
  states: { level: { unit: 'm', start: 1, min: 0, max: 3 } },
  equations: {
    outflow: '0.62 * outlet * sqrt(2 * 9.81 [m/s2] * level)',
    'der(level)': '(inflow - outflow) / area',
  },
  outputs: { outflow: { unit: 'l/min' } },
});

const twin = createTwin(tank);
for (let minute = 0; minute <= 30; minute += 5) {
  if (minute > 0) twin.step(300);
  twin.set('inflow', minute < 15 ? 0 : 90);
  console.log(
    `${minute} min  level ${twin.state('level').toFixed(3)} m  outflow ${twin.output('outflow').toFixed(1)} l/min`,
  );
}
