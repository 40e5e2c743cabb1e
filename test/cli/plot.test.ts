/** Plots: ticks where a person would put them, curves where the values are. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { panelsOf, plotAsSvg, plotInTerminal } from '../../src/cli/plot/index.ts';
import { rangeOf, tickLabels, ticksIn, timeUnitFor } from '../../src/cli/plot/scale.ts';

test('ticks stand at round numbers, with no more digits than tell them apart', () => {
  const labels = (from: number, to: number, count: number) => tickLabels(ticksIn({ from, to }, count));
  assert.deepEqual(labels(0, 10, 5), ['0', '2', '4', '6', '8', '10']);
  assert.deepEqual(labels(-0.13, 0.21, 4), ['-0.1', '0.0', '0.1', '0.2']);
  assert.deepEqual(labels(1499.98, 1500.02, 4), ['1499.98', '1499.99', '1500.00', '1500.01', '1500.02']);
  assert.deepEqual(labels(0, 3e7, 3), ['0', '1e+7', '2e+7', '3e+7']);
});

test('property: ticks are inside, even, and neither too few nor too many', () => {
  const value = fc.double({ min: -1e9, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(
      value,
      fc.double({ min: 1e-3, max: 1e9, noNaN: true }),
      fc.integer({ min: 2, max: 12 }),
      (from, span, count) => {
        const ticks = ticksIn({ from, to: from + span }, count);
        assert.ok(
          ticks.length >= count / 2.5 - 1 && ticks.length <= count + 1,
          `${ticks.length} for ${count}`,
        );
        const slack = span * 1e-6 + Math.abs(from) * 1e-12;
        for (const tick of ticks) assert.ok(tick >= from - slack && tick <= from + span + slack);
        assert.equal(tickLabels(ticks).length, ticks.length);
      },
    ),
    { seed: 20261122 },
  );
});

test('a range passes over what is not finite, and gives a level line some room', () => {
  assert.deepEqual(rangeOf([[Number.NaN, 1, Number.POSITIVE_INFINITY, 3]]), { from: 1, to: 3 });
  assert.deepEqual(rangeOf([[100, 100]]), { from: 95, to: 105 });
  assert.deepEqual(rangeOf([[0, 0]]), { from: -1, to: 1 });
  assert.equal(rangeOf([[Number.NaN]]), undefined);
});

test('time is told in the unit in which it reads best', () => {
  assert.deepEqual(
    [0.1, 60, 600, 36_000, 1e6].map((span) => timeUnitFor(span).symbol),
    ['ms', 's', 'min', 'h', 'd'],
  );
});

const line = (name: string, unit: string, values: readonly number[]) => ({ name, unit, values });
const data = {
  title: 'a <b>',
  timeSeconds: [0, 1, 2, 3],
  lines: [
    line('rise', 'm', [0, 1, 2, 3]),
    line('gap', 'm', [0, Number.NaN, 1, 1]),
    line('level', '', [5, 5, 5, 5]),
  ],
};

test('each unit has a panel of its own, and a crowd is split', () => {
  assert.deepEqual(
    panelsOf(data.lines).map(({ unit, lines }) => [unit, lines.length]),
    [
      ['m', 2],
      ['', 1],
    ],
  );
  const crowd = Array.from({ length: 8 }, (_, i) => line(`x${i}`, 'm', []));
  assert.deepEqual(
    panelsOf(crowd).map(({ lines }) => lines.length),
    [6, 2],
  );
});

test('in the terminal a rising line goes from the lower left to the upper right', () => {
  const text = plotInTerminal(
    { ...data, lines: data.lines.slice(0, 1) },
    { columns: 40, rows: 6, color: 'never' },
  );
  const rows = text
    .split('\n')
    .filter((row) => /[│┤]/.test(row))
    .map((row) => row.replace(/^.*?[│┤]/, ''));
  assert.equal(rows.length, 6);
  assert.match(rows[0] ?? '', /^\s{20,}[\u2801-\u28ff]+$/u);
  assert.match(rows[5] ?? '', /^[\u2801-\u28ff]+\s*$/u);
  // Braille characters are one UTF-16 unit each, as is all else here.
  for (const row of text.split('\n')) assert.ok(row.length <= 40, row);
});

test('an SVG escapes names, leaves gaps where nothing is finite, and stays small', () => {
  const svg = plotAsSvg(data);
  assert.match(svg, /<title>a &lt;b&gt;<\/title>/);
  const paths = [...svg.matchAll(/ d="([^"]*)"/g)].map((match) => match[1] ?? '');
  assert.equal(paths.length, 3);
  assert.equal(paths[0]?.match(/M/g)?.length, 1);
  assert.equal(paths[1]?.match(/M/g)?.length, 2, 'a gap lifts the pen');
  assert.doesNotMatch(svg, /NaN|Infinity/);
  const many = Float64Array.from({ length: 200_000 }, (_, i) => Math.sin(i));
  const big = plotAsSvg({
    title: 'big',
    timeSeconds: many.map((_, i) => i),
    lines: [line('x', 'm', [...many])],
  });
  assert.ok(big.length < 60_000, `${big.length} characters`);
});
