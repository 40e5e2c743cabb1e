/** Verdicts on two versions: seldom wrong however long one looks, and there in time. */

import assert from 'node:assert/strict';
import test from 'node:test';
import {
  type Comparison,
  createComparison,
  isSavedComparison,
  type SavedComparison,
} from '../../../src/core/compare/index.ts';
import { errorsOf, type Machine, near, sampleOf, watch } from './support.ts';

const runs = 100;

for (const [says, machine] of [
  ['white', {}],
  ['with a memory of 10 samples', { memory: 0.9, slow: 0.5 }],
  ['with a memory of 100 samples', { memory: 0.99, slow: 1 }],
] as const) {
  test(`versions that are alike are seldom told apart in 6,000 samples that are looked at all the time: errors ${says}`, () => {
    const wrong = count((seed) => watch(createComparison(), { seed, ...machine }, 6000).verdict, 'differ');
    assert.ok(wrong <= 5, `${wrong} of ${runs}`);
  });
}

test('a better version is found better, the sooner the better it is, and never worse', () => {
  const median = (ratio: number, machine: Partial<Machine> = {}): number => {
    const found = Array.from({ length: 21 }, (_, run) =>
      watch(createComparison(), { seed: 900 + run, ratio, ...machine }, 20_000),
    );
    for (const { verdict } of found) assert.equal(verdict, 'better');
    return found.map(({ at }) => at).toSorted((a, b) => a - b)[10] ?? NaN;
  };
  assert.ok(median(0.7) <= 450, 'errors 30 % smaller');
  assert.ok(median(0.8) <= 900, 'errors 20 % smaller');
  assert.ok(median(0.9) <= 2600, 'errors 10 % smaller');
  assert.ok(median(0.7, { memory: 0.97, slow: 0.5 }) <= 2500, 'with a memory of 30 samples');
});

test('a version that only claims too much is worse, though its errors are the same', () => {
  const comparison = createComparison();
  const errors = errorsOf({ seed: 5 });
  for (let t = 1; t <= 4000; t++) {
    const [, error] = errors();
    comparison.tick(t, [sampleOf('level', [error, error], [1, 0.5])]);
  }
  const { verdict, sentence, together, measurements } = comparison.result();
  assert.equal(verdict, 'worse');
  // ln 2 − ½(4 − 1) of a normal error that is twice what the version claims; beyond four deviations the tails are milder.
  near(together.gainNats.value, Math.log(2) - 1.5, 0.05);
  assert.match(
    sentence,
    /the new version is worse: what was measured was 0\.\d+ nats a sample less likely to it \(0\.\d+ to \d[.\d]*\)/,
  );
  assert.deepEqual(together.rmsePercent, { value: 0, low: 0, high: 0 });
  const [level] = measurements;
  near(level?.new.meanSquare ?? NaN, 4, 0.06);
  // P(|z| < 0.98) = 0.6729 by scipy.
  near(level?.new.inside ?? NaN, 0.6729, 0.03);
  near(level?.old.inside ?? NaN, 0.95, 0.01);
  assert.ok(together.old.meanSquare.low < 1 && together.old.meanSquare.high > 1);
  assert.ok(together.new.meanSquare.low > 2);
});

test('versions that differ by less than matters are said not to differ', () => {
  const comparison = createComparison();
  const errors = errorsOf({ seed: 6 });
  for (let t = 1; t <= 3000; t++) {
    const [error, noise] = errors();
    comparison.tick(t, [sampleOf('level', [error, error + 0.03 * noise])]);
  }
  const { verdict, sentence } = comparison.result();
  assert.equal(verdict, 'no difference');
  assert.match(sentence, /^the versions do not differ by what matters: /);
});

test('the same errors give no difference at once when enough was seen, and nothing before', () => {
  const comparison = createComparison();
  assert.equal(comparison.verdict(), 'not enough yet');
  assert.match(comparison.result().sentence, /no sample has come yet/);
  const errors = errorsOf({ seed: 7 });
  for (let t = 1; t <= 399; t++) {
    const [error] = errors();
    comparison.tick(t, [sampleOf('level', [error, error])]);
  }
  assert.equal(comparison.verdict(), 'not enough yet');
  comparison.tick(400, [sampleOf('level', [1, 1])]);
  assert.equal(comparison.verdict(), 'no difference');
});

test('says how far it is until something may be said, and nothing of errors ahead while their size is not known', () => {
  const comparison = createComparison();
  for (let t = 1; t <= 9; t++) {
    comparison.tick(t, [sampleOf('level', [1, 2])]);
    comparison.ahead(t, { measurement: 'level', horizonSeconds: 10, old: 1, new: 3 });
  }
  const { sentence, aheadPercent, ahead } = comparison.result();
  assert.equal(
    sentence,
    'not enough was seen to say which version is better (9 of at least 400 moments): what was measured was 1.5 nats a sample less likely to it',
  );
  assert.ok(Number.isNaN(aheadPercent.value));
  near(ahead[0]?.rmsePercent.value ?? NaN, 200, 1e-9);
});

test('errors ahead decide too: equal now and worse later is worse', () => {
  const comparison = createComparison();
  const errors = errorsOf({ seed: 8 });
  for (let t = 1; t <= 2000; t++) {
    const [error] = errors();
    comparison.tick(t, [sampleOf('level', [error, error])]);
    const [old, next] = errors();
    comparison.ahead(t, { measurement: 'level', horizonSeconds: 10, old: 2 * old, new: 3 * next });
  }
  const { verdict, sentence, ahead, aheadPercent } = comparison.result();
  assert.equal(verdict, 'worse');
  near(aheadPercent.value, 50, 0.15);
  near(ahead[0]?.oldRmse ?? NaN, 2, 0.05);
  assert.match(sentence, /its errors several steps ahead were \d+ % larger \(\d+ to \d+ %\)$/);
});

test('without a belief the errors alone decide', () => {
  const comparison = createComparison();
  const errors = errorsOf({ seed: 9, ratio: 0.5 });
  for (let t = 1; t <= 2000; t++) comparison.tick(t, [sampleOf('level', errors(), [NaN, NaN])]);
  const { verdict, sentence } = comparison.result();
  assert.equal(verdict, 'better');
  assert.match(sentence, /its errors were 5\d % smaller/);
});

test('a sample that both gates left out counts for neither, and one that is no number neither', () => {
  const comparison = createComparison();
  const [plain] = [sampleOf('level', [1, 1])];
  comparison.tick(1, [
    plain,
    { ...plain, old: { ...plain.old, rejected: true }, new: { ...plain.new, rejected: true } },
    { ...plain, new: { ...plain.new, innovation: NaN } },
  ]);
  const { together, leftOut } = comparison.result();
  assert.equal(together.samples, 1);
  assert.equal(leftOut, 1);
});

test('twins under one sun are not independent witnesses: what comes at one instant counts as one', () => {
  const wrong = count((seed) => {
    const comparison = createComparison();
    const errors = errorsOf({ seed });
    for (let t = 1; t <= 1500; t++) {
      const shared = errors();
      // Ten twins that all say the same.
      for (let twin = 0; twin < 10; twin++) comparison.tick(t, [sampleOf('level', shared)]);
      if (t % 16 === 0 && differ(comparison)) return comparison.verdict();
    }
    return comparison.verdict();
  }, 'differ');
  assert.ok(wrong <= 5, `${wrong} of ${runs}`);
});

test('saved as JSON and restored, it goes on to the last bit as if it had never stopped', () => {
  const errors = errorsOf({ seed: 11, ratio: 0.9, memory: 0.5, slow: 0.5 });
  const whole = createComparison();
  let parted = createComparison();
  for (let t = 1; t <= 3000; t++) {
    const sample = [sampleOf('level', errors()), sampleOf('flow', errors())];
    const [old, next] = errors();
    for (const one of [whole, parted]) {
      one.tick(t, sample);
      one.ahead(t, { measurement: 'flow', horizonSeconds: 60, old, new: next });
    }
    if (t % 700 === 0) {
      const saved: SavedComparison = JSON.parse(JSON.stringify(parted.save()));
      parted = createComparison(undefined, saved);
    }
  }
  assert.deepEqual(parted.result(), whole.result());
  assert.equal(JSON.stringify(parted.save()), JSON.stringify(whole.save()));
});

test('its memory does not grow, and what was saved in another form is begun anew', () => {
  const comparison = createComparison();
  const errors = errorsOf({ seed: 12 });
  const sizes: number[] = [];
  for (let t = 1; t <= 40_000; t++) {
    comparison.tick(t, [sampleOf('level', errors())]);
    if (t % 10_000 === 0) sizes.push(JSON.stringify(comparison.save()).length);
  }
  assert.ok(Math.max(...sizes) < 12_000, sizes.join(', '));
  const saved = comparison.save();
  const broken = { ...saved, common: { ...saved.common, totals: [1] } };
  assert.equal(createComparison(undefined, broken).instants, 0);
  assert.ok(isSavedComparison(saved) && isSavedComparison(broken));
  assert.ok(!isSavedComparison({ ...saved, own: [['level', 1]] }) && !isSavedComparison([]));
});

function count(run: (seed: number) => string, what: 'differ'): number {
  const verdicts = Array.from({ length: runs }, (_, seed) => run(1000 + seed));
  return verdicts.filter((verdict) => what === 'differ' && (verdict === 'better' || verdict === 'worse'))
    .length;
}

function differ(comparison: Comparison): boolean {
  const verdict = comparison.verdict();
  return verdict === 'better' || verdict === 'worse';
}
