/**
 * Measures the elementary functions against exact values. Run by itself it writes the table of
 * docs/elementary-functions.md: `node test/core/kernel/math/measure.ts`, half a minute.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import type { Arithmetic } from '../../../../src/core/kernel/index.ts';
import { errorInUlp, exact } from './exact.ts';
import type { FunctionName } from './points.ts';
import { compute, functionNames, pointsFor } from './points.ts';

export interface Worst {
  readonly ulp: number;
  readonly x: number;
  readonly y: number;
  readonly points: number;
}

/** The largest error over `count` points from each of the function's ranges, and the hard ones. */
export function worstError(
  name: FunctionName,
  arithmetic: Arithmetic,
  { count, seed }: { readonly count: number; readonly seed: number },
): Worst {
  const points = pointsFor(name, count, seed);
  const values = compute(name, arithmetic, points);
  let worst: Worst = { ulp: 0, x: NaN, y: NaN, points: points.length };
  for (const [i, [x, y]] of points.entries()) {
    const ulp = errorInUlp(values[i] ?? NaN, exact[name](x, y));
    if (!(ulp <= worst.ulp)) worst = { ...worst, ulp, x, y };
  }
  return worst;
}

export const page = new URL('../../../../docs/elementary-functions.md', import.meta.url);

/** A row of the page's table: a function and its worst errors. */
export const rowPattern = /^\| `(\w+)` \| ([\d.]+) \| ([\d.]+) \|/gm;

const [begin, end] = [
  '<!-- errors: written by test/core/kernel/math/measure.ts -->',
  '<!-- end of errors -->',
];

if (import.meta.main) {
  const rows = functionNames.map((name) => {
    const how = { count: 30_000, seed: 1 };
    const [strict, relaxed] = [worstError(name, 'strict', how), worstError(name, 'relaxed', how)];
    const worse = strict.ulp > relaxed.ulp ? strict : relaxed;
    const at = name === 'pow' || name === 'atan2' ? `${worse.x}, ${worse.y}` : `${worse.x}`;
    const upward = (ulp: number): string => (Math.ceil(ulp * 100) / 100).toFixed(2);
    return `| \`${name}\` | ${upward(strict.ulp)} | ${upward(relaxed.ulp)} | ${at} | ${strict.points.toLocaleString('en')} |`;
  });
  const heading = ['| function | strict | relaxed | worst at | points |', '| --- | --- | --- | --- | --- |'];
  const text = readFileSync(page, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  const table = [...heading, ...rows].join('\n');
  writeFileSync(page, `${text.slice(0, from + begin.length)}\n\n${table}\n\n${text.slice(to)}`);
}
