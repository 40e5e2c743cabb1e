/**
 * What stands above a kernel in C: includes, the few helpers it calls, and the vector forms of elementary functions.
 *
 * glibc has vectorised elementary functions for x86-64 (libmvec, at most 4 ulp), which its header offers only with all
 * of -ffast-math, and so without NaN. Declared here they are used with the flags of our fast mode as well.
 */

import type { UnaryOperator } from '../../graph/index.ts';
import { elementaryLines, isInline } from './elementary.ts';
import type { CMode } from './expression.ts';

/** Functions of the C library that are worth a vector form. */
type ElementaryName =
  | Exclude<UnaryOperator, 'neg' | 'not' | 'abs' | 'sign' | 'round' | 'sqrt' | 'floor' | 'trunc'>
  | 'atan2'
  | 'pow';

export type HelperName = keyof typeof helpers | ElementaryName | 'moderate_pow';

/** In the order in which they stand in the text: those that others call come first. */
const helpers = {
  is_true: ['INLINE _Bool is_true(double x) { return (x < 0.0) | (x > 0.0); }'],
  sign: ['INLINE double sign(double x) { return x > 0.0 ? 1.0 : x < 0.0 ? -1.0 : x; }'],
  round_half_away: [
    'INLINE double round_half_away(double x) {',
    '  const double whole = trunc(x);',
    '  return fabs(x - whole) >= 0.5 ? whole + copysign(1.0, x) : whole;',
    '}',
  ],
  minimum: [
    '/* NaN if either is; -0 is below 0. */',
    'INLINE double minimum(double a, double b) {',
    '  const double least = a < b ? a : b;',
    '  const double equal = signbit(a) ? a : b;',
    '  return (a != a) | (b != b) ? a + b : a == b ? equal : least;',
    '}',
  ],
  maximum: [
    '/* NaN if either is; 0 is above -0. */',
    'INLINE double maximum(double a, double b) {',
    '  const double most = a > b ? a : b;',
    '  const double equal = signbit(a) ? b : a;',
    '  return (a != a) | (b != b) ? a + b : a == b ? equal : most;',
    '}',
  ],
  cube: ['INLINE double cube(double x) { return x * x * x; }'],
  fourth: ['INLINE double fourth(double x) { return (x * x) * (x * x); }'],
  power: [
    '/* C says that 1 to any power is 1; here it is NaN if the exponent is not finite. */',
    'INLINE double power(double a, double b) {',
    '  const double result = pow(a, b);',
    '  return (fabs(a) == 1.0) & !(fabs(b) < INFINITY) ? NAN : result;',
    '}',
  ],
} as const satisfies Record<string, readonly string[]>;

/** glibc 2.22 had these; all the others came with 2.35. */
const oldVectorForms: ReadonlySet<string> = new Set(['exp', 'log', 'sin', 'cos', 'pow']);
const twoArguments: ReadonlySet<string> = new Set(['pow', 'atan2']);

/** The lines above the kernel, for the helpers and functions that it uses. */
export function preludeLines(used: ReadonlySet<HelperName>, mode: CMode): string[] {
  const lines = ['#include <math.h>', '#include <stdint.h>', ''];
  if (used.size > 0) lines.push(...inlining, '');
  const elementary = [...used]
    .filter((name) => !Object.hasOwn(helpers, name) && needsVectorForm(name))
    .sort();
  if (mode === 'fast' && elementary.length > 0) lines.push(...vectorForms(elementary), '');
  for (const [name, text] of Object.entries(helpers)) {
    if ([...used].some((each) => each === name)) lines.push(...text, '');
  }
  if (mode === 'fast') lines.push(...elementaryLines(used));
  return lines;
}

/** Those written out need none, but `pow` does, where the processor does not fuse. */
function needsVectorForm(name: string): boolean {
  return name === 'pow' || !isInline(name);
}

/** A helper that is called instead of being inlined would keep the loop from being computed several lanes at once. */
const inlining = [
  '#ifdef __GNUC__',
  '#define INLINE static inline __attribute__((always_inline))',
  '#else',
  '#define INLINE static inline',
  '#endif',
];

function vectorForms(names: readonly string[]): string[] {
  const declare = (name: string): string => {
    const parameters = twoArguments.has(name) ? 'double, double' : 'double';
    return `__attribute__((const, simd("notinbranch"))) double ${name}(${parameters});`;
  };
  const block = (version: string, some: readonly string[]): string[] =>
    some.length === 0 ? [] : [`#if __GLIBC_PREREQ(${version})`, ...some.map(declare), '#endif'];
  return [
    '/* The vector forms of libmvec. */',
    '#if defined(__x86_64__) && defined(__GLIBC__) && !defined(__clang__)',
    ...block(
      '2, 22',
      names.filter((name) => oldVectorForms.has(name)),
    ),
    ...block(
      '2, 35',
      names.filter((name) => !oldVectorForms.has(name)),
    ),
    '#endif',
  ];
}
