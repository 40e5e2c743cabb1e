/** One sensor's monitor on simulated innovations: how often it is wrong, and what it says of known faults. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSensorMonitor, suspicions } from '../../../src/core/detect/index.ts';
import type { Finding, SensorMonitorOptions, SensorSample } from '../../../src/core/detect/index.ts';
import { Rng } from '../../../src/core/statistics/index.ts';

const noise = 0.2;

interface Fault {
  readonly offset?: number;
  readonly scatter?: number;
  /** One sample in so many is far off. */
  readonly spikes?: number;
  readonly stuck?: boolean;
  readonly silent?: boolean;
}

/** A sensor whose innovations have the correlation `phi`; the prediction is 20. */
function createSensor(rng: Rng, phi = 0) {
  const sample: SensorSample = { time: 0, value: 0, innovation: 0, deviation: noise, noise, rejected: false };
  let e = 0;
  return (time: number, fault: Fault = {}): SensorSample => {
    e = phi * e + Math.sqrt(1 - phi * phi) * rng.normal();
    const spike =
      fault.spikes !== undefined && rng.uniform() < 1 / fault.spikes ? 12 * (rng.uniform() - 0.5) : 0;
    sample.time = time;
    const innovation = noise * (e * (fault.scatter ?? 1) + 2 * spike) + (fault.offset ?? 0);
    if (!fault.stuck) sample.value = Math.round((20 + innovation) * 1000) / 1000;
    sample.innovation = sample.value - 20;
    sample.rejected = Math.abs(sample.innovation) > 5 * noise;
    return sample;
  };
}

/** Mean number of samples to the first alarm. */
function meanTime(options: SensorMonitorOptions, phi: number, runs: number): number {
  const monitor = createSensorMonitor(options);
  const rng = new Rng(5);
  let steps = 0;
  for (let run = 0; run < runs; run++) {
    const memory = new Float64Array(monitor.width);
    const sensor = createSensor(rng, phi);
    for (let i = 0; i < options.learnSamples; i++) monitor.update(memory, 0, sensor(i));
    for (let i = 0; i < 100_000; i++) {
      steps += 1;
      if (monitor.update(memory, 0, sensor(options.learnSamples + i)) !== 0) break;
    }
  }
  return steps / runs;
}

test('false alarms are as rare as stated, while innovations are white', () => {
  const mean = meanTime({ falseAlarmSeconds: 1000, learnSamples: 0 }, 0, 300);
  // Three of the four tests can alarm here, each once in 4,000 s; 300 runs give the mean to 6 %.
  assert.ok(mean > 1000 && mean < 1600, `${mean}`);
});

test('coloured innovations alarm all the time unless the baseline is learnt', () => {
  const untaught = meanTime({ falseAlarmSeconds: 1000, learnSamples: 0 }, 0.6, 100);
  const taught = meanTime({ falseAlarmSeconds: 1000, learnSamples: 300 }, 0.6, 100);
  assert.ok(untaught < 200, `${untaught}`);
  assert.ok(taught > 1000, `${taught}`);
});

test('nineteen of twenty baselines keep the stated time', () => {
  const options = { falseAlarmSeconds: 500, learnSamples: 200 };
  const monitor = createSensorMonitor(options);
  const rng = new Rng(6);
  let kept = 0;
  for (let baseline = 0; baseline < 60; baseline++) {
    const learnt = new Float64Array(monitor.width);
    const sensor = createSensor(rng);
    for (let i = 0; i < options.learnSamples; i++) monitor.update(learnt, 0, sensor(i));
    let steps = 0;
    const runs = 12;
    for (let run = 0; run < runs; run++) {
      const memory = learnt.slice();
      for (let i = 0; i < 10_000; i++) {
        steps += 1;
        if (monitor.update(memory, 0, sensor(options.learnSamples + i)) !== 0) break;
      }
    }
    if (steps / runs > options.falseAlarmSeconds) kept += 1;
  }
  assert.ok(kept >= 55, `${kept} of 60`);
});

const year = 365 * 86_400;

const monitor = createSensorMonitor({ falseAlarmSeconds: year, learnSamples: 300 });

/** The finding some time after a fault began at 2,000 s, and the delay of the first suspicion. */
function underFault(fault: Fault, seconds: number, seed: number) {
  const memory = new Float64Array(monitor.width);
  const sensor = createSensor(new Rng(seed), 0.3);
  let delay = Infinity;
  const begin = 2000;
  for (let time = 0; time < begin + seconds; time++) {
    if (time >= begin && fault.silent) break;
    const bits = monitor.update(memory, 0, sensor(time, time < begin ? {} : fault));
    if (bits !== 0) delay = Math.min(delay, time - begin);
  }
  const finding = monitor.finding(memory, 0, { name: 'pressure', time: begin + seconds });
  return { finding, delay };
}

const faults: readonly (readonly [Finding['kind'] | undefined, Fault, seconds: number, within: number])[] = [
  [undefined, {}, 5000, 0],
  ['innovation-drift', { offset: 2.5 * noise }, 100, 60],
  ['innovation-drift', { offset: -10 * noise }, 60, 30],
  ['sensor-noisy', { scatter: 3 }, 200, 150],
  ['sensor-noisy', { scatter: 10 }, 200, 150],
  ['sensor-spikes', { spikes: 15 }, 400, 400],
  ['sensor-stuck', { stuck: true }, 60, 40],
  ['sensor-dead', { silent: true }, 60, Infinity],
];

for (const [kind, fault, seconds, within] of faults) {
  test(`says ${kind ?? 'nothing'} of ${JSON.stringify(fault)}`, () => {
    for (let seed = 0; seed < 20; seed++) {
      const { finding, delay } = underFault(fault, seconds, seed);
      assert.equal(finding?.kind, kind, `seed ${seed}`);
      if (finding === undefined) continue;
      if (within < Infinity) assert.ok(delay >= 0 && delay <= within, `seed ${seed}: ${delay} s`);
      assert.ok(
        Math.abs(finding.since - 2000) <= (fault.spikes ? 100 : 40),
        `seed ${seed}: since ${finding.since}`,
      );
      assert.ok(finding.confidence > 0.9 && finding.confidence <= 1);
      if (fault.offset !== undefined)
        assert.ok(Math.abs(finding.size / fault.offset - 1) < 0.25, `${finding.size}`);
      if (fault.scatter === 3) assert.ok(Math.abs(finding.size / (3 * noise) - 1) < 0.3, `${finding.size}`);
    }
  });
}

test('an alarm ends after the fault has ended', () => {
  const memory = new Float64Array(monitor.width);
  const sensor = createSensor(new Rng(3));
  let bits = 0;
  for (let time = 0; time < 1000; time++)
    bits = monitor.update(memory, 0, sensor(time, time < 800 ? {} : { offset: 3 * noise }));
  assert.ok(bits & suspicions.above);
  for (let time = 1000; time < 1200; time++) bits = monitor.update(memory, 0, sensor(time));
  assert.equal(bits, 0);
});

test('a record that was copied goes on alike', () => {
  const memory = new Float64Array(2 * monitor.width);
  const sensor = createSensor(new Rng(4));
  for (let time = 0; time < 400; time++) monitor.update(memory, 0, sensor(time, { offset: 1 }));
  memory.copyWithin(monitor.width, 0, monitor.width);
  for (let time = 400; time < 500; time++) {
    const sample = sensor(time);
    assert.equal(monitor.update(memory, 0, sample), monitor.update(memory, monitor.width, sample));
  }
  assert.deepEqual(memory.subarray(0, monitor.width), memory.subarray(monitor.width));
});
