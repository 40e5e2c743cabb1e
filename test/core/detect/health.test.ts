/** A hidden random walk seen through a Kalman filter of one state, with and without a change. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHealthMonitor } from '../../../src/core/detect/index.ts';
import { Rng } from '../../../src/core/statistics/index.ts';

const noise = 0.01;
const reading = 0.2;

/** The scalar filter of the local level model: see any textbook. */
function createTwin(rng: Rng) {
  let truth = 100;
  let estimate = 100;
  let variance = 0.01;
  return (jump = 0) => {
    truth += noise * rng.normal() + jump;
    variance += noise ** 2;
    const gain = variance / (variance + reading ** 2);
    estimate += gain * (truth + reading * rng.normal() - estimate);
    variance *= 1 - gain;
    return { estimate, deviation: Math.sqrt(variance), truth };
  };
}

test('false alarms are about as rare as stated', () => {
  const monitor = createHealthMonitor({ falseAlarmSeconds: 40_000, noise, leastSeconds: 50 });
  let seconds = 0;
  const runs = 40;
  for (let seed = 0; seed < runs; seed++) {
    const twin = createTwin(new Rng(seed));
    const memory = new Float64Array(monitor.width);
    for (let time = 0; time < 400_000; time++) {
      seconds += 1;
      if (monitor.update(memory, 0, { time, ...twin() })) break;
    }
  }
  const mean = seconds / runs;
  assert.ok(mean > 0.7 * 40_000 && mean < 2 * 40_000, `${mean}`);
});

for (const [name, jump, rate] of [
  ['a jump', -1.5, 0],
  ['wear', 0, -0.002],
] as const) {
  test(`${name} is found, with its size and time`, () => {
    const monitor = createHealthMonitor({ falseAlarmSeconds: 365 * 86_400, noise, leastSeconds: 50 });
    for (let seed = 0; seed < 20; seed++) {
      const twin = createTwin(new Rng(seed));
      const memory = new Float64Array(monitor.width);
      let found: { time: number; truth: number } | undefined;
      let from = 0;
      // The size is right once the filter has followed.
      for (let time = 0; time < 10_000 && !(found && time > found.time + 150); time++) {
        const sample = twin(time === 5000 ? jump : time > 5000 ? rate : 0);
        if (time === 5000) from = sample.truth - jump;
        if (monitor.update(memory, 0, { time, ...sample })) found ??= { time, truth: 0 };
        if (found) found.truth = sample.truth;
      }
      assert.ok(found && found.time > 5000, `seed ${seed}`);
      assert.ok(found.time < 5000 + (jump === 0 ? 2500 : 600), `seed ${seed}: ${found.time}`);
      const finding = monitor.finding(memory, 0, { name: 'cooler', time: found.time });
      assert.ok(finding && Math.abs(finding.since - 5000) < 700, `seed ${seed}: since ${finding?.since}`);
      const change = found.truth - from;
      assert.ok(Math.abs(finding.size - change) < 0.7, `seed ${seed}: ${finding.size}, not ${change}`);
      assert.equal(finding.words, 'cooler has changed by more than its usual wandering');
    }
  });
}

test('a belief that is still settling is no change', () => {
  const monitor = createHealthMonitor({ falseAlarmSeconds: 86_400, noise, leastSeconds: 10 });
  const memory = new Float64Array(monitor.width);
  let alarms = 0;
  for (let time = 0; time < 1000; time += 5) {
    const estimate = 100 - 20 * Math.exp(-time / 50);
    alarms += monitor.update(memory, 0, { time, estimate, deviation: 20 * Math.exp(-time / 50) });
  }
  assert.equal(alarms, 0);
});
