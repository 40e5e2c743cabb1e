/**
 * Elementary functions in C for the fast mode: `exp`, `tanh` and `pow`, which models have most, without a branch and
 * without a call, so that the loop around them is computed several lanes at once. A call into the vector library costs less
 * than it looks, but everything in registers must be put away before it.
 *
 * At most 4 ulp from V8's functions, which a test holds at random points and at the edges; 0, infinities, NaN and subnormals
 * as in JavaScript.
 *
 * Notation  x = n·ln 2 + r, |r| ≤ 0.35 · e^r by a polynomial of degree 11 · x = m·2ᵏ, m in [√½, √2) · s = (m − 1)/(m + 1) ·
 *           log m = 2·artanh s by a polynomial of degree 17 · a number in two parts is high + low
 *           Coefficients interpolate at Chebyshev's points: errors below 2⁻⁵⁴ of e^r and 2⁻⁶⁴ of log m.
 * Source    Tang, "Table-driven implementation of the exponential function", TOMS 15 (1989), for the reduction;
 *           Sun Microsystems, fdlibm (1993), e_log.c, for a logarithm in one part;
 *           Dekker, "A floating-point technique for extending the available precision", Numer. Math. 18 (1971), for the
 *           two parts that `pow` needs, since an error of log x is multiplied by up to 745.
 */

export type InlineName = 'exp' | 'tanh' | 'pow' | 'moderate_pow';

/** C text for those of the functions that are used: `inline_exp`, `inline_tanh`, `inline_pow`, `inline_moderate_pow`. */
export function elementaryLines(used: ReadonlySet<string>): string[] {
  const wanted = (['exp', 'tanh', 'pow', 'moderate_pow'] as const).filter((name) => used.has(name));
  if (wanted.length === 0) return [];
  return [common, ...wanted.map((name) => definitions[name])].join('\n').split('\n');
}

export function isInline(name: string): name is InlineName {
  return Object.hasOwn(definitions, name);
}

const common = `
INLINE int64_t bits_of(double x) {
  union { double number; int64_t bits; } same = { x };
  return same.bits;
}

INLINE double from_bits(int64_t bits) {
  union { int64_t bits; double number; } same = { bits };
  return same.number;
}

/* Added to a whole number, it leaves that number in the lowest bits. */
static const double shifter = 0x1.8p52;

/* 2 to the power of a whole number from -1022 to 1023. */
INLINE double power_of_2(double n) { return from_bits((bits_of(n + shifter) + 1023) << 52); }

/* e^r - 1 for |r| <= 0.35. */
INLINE double expm1_near_0(double r) {
  const double r2 = r * r;
  const double r4 = r2 * r2;
  const double a = 0x1.5555555555555p-3 + r * 0x1.5555555554c6fp-5 + r2 * (0x1.1111111110e54p-7 + r * 0x1.6c16c173be8a0p-10);
  const double b = 0x1.a01a01a4cfcb6p-13 + r * 0x1.a019c8bdae7c3p-16 + r2 * (0x1.71de1755809abp-19 + r * 0x1.2881814918de9p-22);
  return r + (0.5 * r2 + r2 * r * (a + r4 * (b + r4 * 0x1.af24f4a21a392p-26)));
}

/* mantissa * 2^n, n the whole number that the shifter was added to; in two steps, since 2^n may be beyond the doubles. */
INLINE double scaled(double mantissa, double shifted) {
  const int64_t n = bits_of(shifted) - 0x4338000000000000;
  const int64_t half = n >> 1;
  return mantissa * from_bits((half + 1023) << 52) * from_bits((n - half + 1023) << 52);
}

/* e^(high + low); low is small. */
INLINE double exp_of_sum(double high, double low) {
  const double below = high > 710.0 ? 710.0 : high;
  const double x = below < -746.0 ? -746.0 : below;
  const double shifted = x * 0x1.71547652b82fep0 + shifter;
  const double n = shifted - shifter;
  const double r = ((x - n * 0x1.62e42fefa38p-1) - n * 0x1.ef35793c7673p-45) + low;
  return scaled(1.0 + expm1_near_0(r), shifted);
}
`;

const definitions: Record<InlineName, string> = {
  exp: `INLINE double inline_exp(double x) { return exp_of_sum(x, 0.0); }
`,
  tanh: `INLINE double inline_tanh(double x) {
  const double a = fabs(x);
  const double y = a > 20.0 ? 40.0 : 2.0 * a;
  const double n = (y * 0x1.71547652b82fep0 + shifter) - shifter;
  const double r = (y - n * 0x1.62e42fefa38p-1) - n * 0x1.ef35793c7673p-45;
  const double scale = power_of_2(n);
  const double e = scale * expm1_near_0(r) + (scale - 1.0); /* e^2a - 1 */
  return copysign(e / (e + 2.0), x);
}
`,
  pow: `#ifdef __FP_FAST_FMA
INLINE double inline_pow(double x, double y) {
  /* |x| = m * 2^k; subnormals are made normal first. */
  const double a = fabs(x);
  const double normal = a < 0x1p-1022 ? a * 0x1p54 : a;
  const int64_t bits = bits_of(normal);
  const int64_t biased = (int64_t)((uint64_t)(bits - 0x3fe6a09e667f3bcd + 0x3ff0000000000000) >> 52);
  const double m = from_bits(bits - ((biased - 1023) << 52));
  const double counted = from_bits(biased | 0x4330000000000000) - 0x1p52 - 1023.0;
  const double k = a < 0x1p-1022 ? counted - 54.0 : counted;
  /* s = (m - 1) / (m + 1) in two parts. */
  const double above = m - 1.0;
  const double below = m + 1.0;
  const double inverse = 1.0 / below;
  const double s = above * inverse;
  const double s_low = (fma(-s, below, above) - s * (m - (below - 1.0))) * inverse;
  /* s^3 in two parts, and the rest of the series. */
  const double s2 = s * s;
  const double s2_low = fma(s, s, -s2) + 2.0 * s * s_low;
  const double s3 = s * s2;
  const double s3_low = fma(s, s2, -s3) + (s * s2_low + s2 * s_low);
  const double s4 = s2 * s2;
  const double p = 0x1.999999999999fp-2 + s2 * 0x1.249249248e468p-2 + s4 * (0x1.c71c71d814a8ap-3 + s2 * 0x1.745d09d3f8fdfp-3);
  const double q = 0x1.3b18c1056557bp-3 + s2 * 0x1.1017a19d7aa3cp-3 + s4 * 0x1.0885808c8172dp-3;
  const double cube = s3 * 0x1.5555555555555p-1;
  const double cube_low = fma(s3, 0x1.5555555555555p-1, -cube) + s3 * 0x1.5555555555555p-55 + s3_low * (2.0 / 3);
  const double tail = s3 * s2 * (p + s4 * s4 * q) + cube_low;
  /* log |x| = k ln 2 + 2 s + 2/3 s^3 + tail, the large parts added without error. */
  const double main = 2.0 * s + cube;
  const double main_low = (cube - (main - 2.0 * s)) + (tail + 2.0 * s_low);
  const double scale = k * 0x1.62e42fefa38p-1;
  const double sum = scale + main;
  const double low = (main - (sum - scale)) + (main_low + k * 0x1.ef35793c7673p-45);
  const double high = a > 0.0 ? (a < INFINITY ? sum : a) : -INFINITY;
  const double logarithm = a != a ? a : high;
  const double product = y * logarithm;
  const double product_low = fma(y, logarithm, -product) + y * low;
  const double power = exp_of_sum(product, fabs(product) < 1000.0 ? product_low : 0.0);
  /* The sign, and what is no number. */
  const double half = 0.5 * y;
  const double odd = (trunc(y) == y) & (trunc(half) != half) ? copysign(power, x) : power;
  const double real = (x < 0.0) & (x > -INFINITY) & (trunc(y) != y) ? NAN : odd;
  return y == 0.0 ? 1.0 : real;
}
#else
#define inline_pow power
#endif
`,
  moderate_pow: `/* x^y for 0 < |y| <= 2. Only y * k * ln 2 is large, and high * k is exact; log m needs no second part. */
INLINE double inline_moderate_pow(double x, double y) {
  /* 42 bits of y and the rest: y is a constant, so this is done by the compiler. */
  const double high = 2049.0 * y - (2049.0 * y - y);
  const double low = y - high;
  const double a = fabs(x);
  const double normal = a < 0x1p-1022 ? a * 0x1p54 : a;
  const int64_t bits = bits_of(normal);
  const int64_t biased = (int64_t)((uint64_t)(bits - 0x3fe6a09e667f3bcd + 0x3ff0000000000000) >> 52);
  const double m = from_bits(bits - ((biased - 1023) << 52));
  const double counted = from_bits(biased | 0x4330000000000000) - (0x1p52 + 1023.0);
  const double k = a < 0x1p-1022 ? counted - 54.0 : counted;
  /* log m as fdlibm's e_log.c has it. */
  const double f = m - 1.0;
  const double s = f / (m + 1.0);
  const double z = s * s;
  const double z2 = z * z;
  const double p = 0x1.5555555555593p-1 + z * 0x1.999999997fa04p-2 + z2 * (0x1.2492494229359p-2 + z * 0x1.c71c51d8e78afp-3);
  const double q = 0x1.7466496cb03dep-3 + z * 0x1.39a09d078c69fp-3 + z2 * 0x1.2f112df3e5244p-3;
  const double half = 0.5 * f * f;
  const double logarithm = f - (half - s * (half + z * (p + z2 * z2 * q)));
  const double whole = high * k;
  const double n = ((whole + logarithm * (y * 0x1.71547652b82fep0)) + shifter) - shifter;
  const double r = (whole - n) * 0x1.62e42fefa39efp-1 + (y * logarithm + k * (low * 0x1.62e42fefa39efp-1));
  const double below = n > 1030.0 ? 1030.0 : n;
  const double value = scaled(1.0 + expm1_near_0(r), (below < -1080.0 ? -1080.0 : below) + shifter);
  const double at_0 = a > 0.0 ? value : y > 0.0 ? 0.0 : INFINITY;
  const double at_infinity = a < INFINITY ? at_0 : y > 0.0 ? INFINITY : 0.0;
  const double power = a != a ? a : at_infinity;
  const double odd = (trunc(y) == y) & (trunc(0.5 * y) != 0.5 * y) ? copysign(power, x) : power;
  return (x < 0.0) & (x > -INFINITY) & (trunc(y) != y) ? NAN : odd;
}
`,
};
