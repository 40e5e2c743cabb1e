/**
 * A record as a machine would leave it behind: two tanks that are not quite those of their model, an hour and a half of them, with
 * the noise of their sensors. Prints CSV.
 */

import { readFileSync } from 'node:fs';
import { compileModel, simulate } from 'gemel';

const file = new URL('../../models/cascaded-tanks/model.yaml', import.meta.url);
const { model } = compileModel({ file: 'model.yaml', text: readFileSync(file, 'utf8') });
if (model === undefined) throw new Error('the model has problems');

/** What the machine really is: SI. The document says 6 l/s, 12 cm², 11 cm² and 80 %. */
const machine = { pump_capacity: 5.4e-3, upper_outlet: 13.1e-4, lower_outlet: 10.4e-4, caught: 0.65 };

/** The same noise each time: a generator of Park and Miller, and twelve of its numbers for a normal one. */
let state = 20261122;
function uniform(): number {
  state = (state * 48271) % 2147483647;
  return state / 2147483647;
}
const normal = (): number => Array.from({ length: 12 }, uniform).reduce((sum, u) => sum + u, -6);

const everySeconds = 10;
const pump = Array.from({ length: 60 }, () => Math.round(100 * uniform()));
const pumpAt = (seconds: number): number => pump[Math.floor(seconds / 90)] ?? 0;

const { time, names, values } = simulate(model, {
  seconds: 5400,
  everySeconds,
  parameters: machine,
  inputAt: (_name, seconds) => pumpAt(seconds) / 100,
});
const level = (name: string, row: number): string =>
  (1000 * (values[names.indexOf(name)]?.[row] ?? NaN) + 4 * normal()).toFixed(1);

console.log('seconds,pump,LT101,LT102');
for (const [row, seconds] of time.entries()) {
  const at = Math.round(seconds);
  console.log([at, pumpAt(at), level('upper_level', row), level('lower_level', row)].join(','));
}
