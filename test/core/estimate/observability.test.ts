/** What the sensors can tell: against closed forms, and in sentences. */

import assert from 'node:assert/strict';
import test from 'node:test';
import { checkObservability } from '../../../src/core/estimate/index.ts';
import { javascriptBackend } from '../../../src/core/kernel/index.ts';
import { compiled } from './filter.ts';
import { near } from './near.ts';

function check(body: string) {
  return checkObservability(compiled(body), { backend: javascriptBackend });
}

test('a constant that is measured is told as well as the mean of its samples', () => {
  const { states, findings, horizonSeconds } = check(`
solver: { step: 1 s }
states: { x: { unit: "1", start: 0, uncertainty: 2 } }
equations: { der(x): 0 }
measurements: { x: { equals: 3 * x, unit: "1", noise: 5 } }
`);
  assert.equal(horizonSeconds, 600);
  // 300 samples of 3x.
  near(states[0]?.deviation, 1 / Math.sqrt(1 / 4 + (300 * 9) / 25), 1e-9);
  near(states[0]?.without, 2, 1e-9);
  assert.equal(states[0]?.verdict, 'told');
  assert.deepEqual(findings, []);
});

test('what acts only together with something else cannot be told from it', () => {
  const { states, findings } = check(`
solver: { step: 1 s }
states:
  speed: { unit: "1", start: 10, uncertainty: 1, noise: "0.01" }
  bearing_friction: { unit: "1", start: 0.2, uncertainty: 0.1 }
  fluid_viscosity: { unit: "1", start: 0.3, uncertainty: 0.1 }
equations:
  der(speed): 5 - (bearing_friction + fluid_viscosity) * speed
  der(bearing_friction): 0
  der(fluid_viscosity): 0
measurements: { speed: { equals: speed, unit: "1", noise: 0.1 } }
`);
  assert.deepEqual(
    states.map(({ state, verdict }) => [state, verdict]),
    [
      ['speed', 'told'],
      ['bearing_friction', 'tied'],
      ['fluid_viscosity', 'tied'],
    ],
  );
  assert.deepEqual(findings, ['`bearing_friction` cannot be told from `fluid_viscosity` with these sensors']);
  // Only the sum is told: of the difference, with √2 of the deviation of each, half is left in each.
  near(states[1]?.deviation, 0.1 / Math.SQRT2, 1e-2);
});

test('a second sensor tells them apart', () => {
  const { findings } = check(`
solver: { step: 1 s }
states:
  speed: { unit: "1", start: 10, uncertainty: 1, noise: "0.01" }
  bearing_friction: { unit: "1", start: 0.2, uncertainty: 0.1 }
  fluid_viscosity: { unit: "1", start: 0.3, uncertainty: 0.1 }
equations:
  der(speed): 5 - (bearing_friction + fluid_viscosity) * speed
  der(bearing_friction): 0
  der(fluid_viscosity): 0
measurements:
  speed: { equals: speed, unit: "1", noise: 0.1 }
  pressure: { equals: fluid_viscosity * speed, unit: "1", noise: 0.1 }
`);
  assert.deepEqual(findings, []);
});

test('what nothing measured depends on is said to be so, also where it depends on others itself', () => {
  const { findings } = check(`
solver: { step: 1 s }
states:
  load: { unit: "1", start: 1, uncertainty: 0.5 }
  wear: { unit: "1", start: 0, uncertainty: 0.1, noise: "0.001" }
equations:
  der(load): 0
  der(wear): 0.001 * load
measurements: { load: { equals: load, unit: "1", noise: 0.1 } }
`);
  assert.deepEqual(findings, ['nothing that is measured depends on `wear`']);
});

test('a sensor that is too noisy hardly tells', () => {
  const { findings, states } = check(`
solver: { step: 1 s }
states: { x: { unit: "1", start: 1, uncertainty: 0.01 } }
equations: { der(x): 0 }
measurements: { x: { equals: x, unit: "1", noise: 0.4 } }
`);
  const left = 1 / Math.sqrt(1 + (300 * 0.01 ** 2) / 0.4 ** 2);
  near(states[0]?.deviation, 0.01 * left, 1e-9);
  assert.deepEqual(findings, [
    `the sensors hardly tell \`x\`: ${Math.round(100 * left)} % of its uncertainty is left after 600 s`,
  ]);
});

test('what forgets its start by itself needs no sensor', () => {
  const { states } = check(`
solver: { step: 1 s }
states:
  fast: { unit: "1", start: 1, uncertainty: 0.5 }
  slow: { unit: "1", start: 1, uncertainty: 0.5 }
equations:
  der(fast): -fast / 10
  der(slow): 0
measurements: { slow: { equals: slow, unit: "1", noise: 0.1 } }
`);
  assert.equal(states[0]?.verdict, 'told');
});

test('without noise there is nothing to tell, and without uncertainty nothing to ask', () => {
  const body = (uncertainty: number, noise: string) => `
states: { x: { unit: "1", start: 1, uncertainty: ${uncertainty} } }
equations: { der(x): 0 }
measurements: { x: { equals: x, unit: "1"${noise} } }
`;
  assert.deepEqual(check(body(1, '')).findings, [
    'no measurement has `noise`, so no sample corrects a state',
  ]);
  assert.deepEqual(check(body(0, ', noise: 1')).findings, []);
});

test('inputs without default are held in the middle of their bounds, and told', () => {
  const { assumedInputs } = check(`
inputs:
  middle: { unit: "1", min: 2, max: 4 }
  low: { unit: "1", min: 2 }
  any: { unit: "1" }
  known: { unit: "1", default: 7 }
states: { x: { unit: "1", start: 1, uncertainty: 1 } }
equations: { der(x): middle + low + any + known }
measurements: { x: { equals: x, unit: "1", noise: 1 } }
`);
  assert.deepEqual(assumedInputs, { middle: 3, low: 2, any: 0 });
});
