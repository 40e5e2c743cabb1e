/** The page of the benchmarks: one file, both kinds of bars, curves, and nothing that a figure's text could break. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toPage, type Section } from '../../bench/lib/page.ts';
import { atLeastTimes, atMost, atMostTimes, type Plot } from '../../bench/lib/report.ts';
import { label, scaleOf } from '../../bench/lib/svg.ts';

const rate = { name: 'kernel.pump.wasm', unit: 'M steps/s' };
const plot: Plot = {
  title: 'vdpol',
  x: { title: 'relative error', scale: 'log' },
  y: { title: 'ms', scale: 'log' },
  series: ['gemel', 'SciPy'].map((name, i) => ({
    name,
    points: [1e-9, 1e-6, 1e-3].map((x) => ({ x, y: (i + 1) / -Math.log10(x) })),
  })),
};

function pageOf(section: Partial<Section>): string {
  const empty = { name: 'kernel.pump', about: 'What it is.', figures: [], plots: [], notes: [] };
  const when = new Date('2026-11-22T12:00:00Z');
  return toPage({ machine: '2 cores', when, quick: false, sections: [{ ...empty, ...section }] });
}

test('a page is one file without scripts, that loads nothing and follows light and dark', () => {
  const page = pageOf({ plots: [plot] });
  assert.doesNotMatch(page, /<script|https?:|url\(|@import|<link|<img/);
  assert.match(page, /prefers-color-scheme: dark/);
});

test('a ratio is a bar from 1 × with its limit; of times, the inverse', () => {
  const figures = [
    atLeastTimes(0.55, { ...rate, value: 5, peer: { name: 'c-hand', value: 10 } }),
    { name: 'kernel.pump.ms', unit: 'ms', value: 2, peer: { name: 'SciPy', value: 8 } },
    atMostTimes(1.3, {
      name: 'kernel.flat',
      unit: 'ns/step',
      value: 11,
      peer: { name: 'cheapest', value: 10 },
    }),
  ];
  const page = pageOf({ figures });
  assert.match(page, /wasm \/ c-hand: 0\.5 ×, limit not kept/);
  assert.match(page, /ms \/ SciPy: 4 ×/);
  assert.match(page, /kernel\.flat \/ cheapest: 0\.909 ×, limit kept/);
  assert.equal(page.match(/class="limit"/g)?.length, 2);
  assert.match(page, /1 of 2 limits are kept/);
});

test('a promised value is a bar beside its limit, and its peer is only in the table', () => {
  const peer = { name: 'node -e 0', value: 40 };
  const page = pageOf({ figures: [atMost(300, { name: 'check', value: 150, unit: 'ms', peer })] });
  assert.match(page, /150 of 300 ms/);
  assert.doesNotMatch(page, /Times as fast/);
  assert.match(page, /<td>node -e 0<\/td>/);
});

test('texts are escaped, and a benchmark that failed says why', () => {
  const page = pageOf({ notes: ['<b>note</b>'], failure: 'no <gcc> & nothing' });
  assert.match(page, /&lt;b&gt;note&lt;\/b&gt;/);
  assert.match(page, /could not be run: no &lt;gcc&gt; &amp; nothing/);
});

test('a logarithmic scale puts decades at equal distances, with powers of ten written as such', () => {
  const { at, ticks } = scaleOf({ title: '', scale: 'log' }, [1e-9, 1], { from: 0, to: 100 });
  assert.ok(Math.abs(at(1e-6) - at(1e-9) - (at(1e-3) - at(1e-6))) < 1e-9);
  assert.ok(ticks.length >= 3 && ticks.every(({ value }) => at(value) >= 0 && at(value) <= 100));
  assert.deepEqual([1e-9, 0.1, 20_000, 3e7].map(label), ['10⁻⁹', '0.1', '20,000', '3·10⁷']);
});
