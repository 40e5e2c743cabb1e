/*
 * The square-root cubature filter of bench/models/pump-filter.yaml as a good engineer writes it by hand: sixteen pumps side
 * by side, the loop over them vectorised by the compiler in the equations of the pump and by vectors of eight in the
 * algebra, everything of a block in the nearer caches.
 *
 *   gcc -O3 -march=native -ffast-math -fopenmp-simd filter-pump.c -lmvec -lm -o filter-pump
 *   filter-pump PUMPS UPDATES   prints million updates a second of processor time, then the states of pump 0
 *
 * An update: 16 points, two Runge-Kutta steps of each, mean and triangle by modified Gram-Schmidt of [linear part, rest,
 * noise], then four samples one after another by Carlson's formula: speed, flow and bearing by their rows, the current,
 * which is not linear, by points drawn anew. That it vectorises is checked by the benchmark.
 */
#include "pump.h"
#include <stdio.h>
#include <stdlib.h>

enum { LANES = 16, WIDTH = 8, VECTORS = LANES / WIDTH, POINTS = 2 * STATES, SENSORS = 4, COLUMNS = 3 * STATES };

typedef double vector __attribute__((vector_size(WIDTH * sizeof(double))));

static const double noise[STATES] = {0.5, 1e-4, 0.05, 0.05, 0.02, 0.05, 1e-5, 1e-3};
static const double uncertainty[STATES] = {1, 2e-4, 0.1, 0.1, 0.04, 0.1, 2e-5, 2e-3};
static const double sensor_noise[SENSORS] = {0.5, 5e-4, 0.3, 0.3};
static const double samples[SENSORS] = {155.3, 0.0418, 8.5, 50.4};

typedef union {
  double each[LANES];
  vector v[VECTORS];
} lanes_t;

typedef struct {
  lanes_t state[STATES], factor[STATES][STATES], sample[SENSORS];
  double parameter[PARAMETERS][LANES], derived[DERIVED][LANES];
} block_t;

typedef struct {
  lanes_t point[POINTS][STATES];
} points_t;

static inline vector all(double value) { return value - (vector){}; }

static inline vector root(vector x) {
  vector y;
  for (int i = 0; i < WIDTH; i++) y[i] = sqrt(x[i]);
  return y;
}

/* Two steps of one point of all pumps of the block. */
static void advance(lanes_t point[restrict STATES], const block_t *restrict b, double h) {
#pragma omp simd
  for (int i = 0; i < LANES; i++) {
    pump_t x, at, k, sum;
    constants_t c = {b->parameter[0][i], b->parameter[1][i], b->parameter[3][i],
                     b->derived[0][i],   b->derived[1][i],   b->derived[2][i]};
#define LOAD(name, n) x.name = point[n].each[i];
#define FIRST(name, n) sum.name = k.name; at.name = x.name + 0.5 * h * k.name;
#define SECOND(name, n) sum.name += 2 * k.name; at.name = x.name + 0.5 * h * k.name;
#define THIRD(name, n) sum.name += 2 * k.name; at.name = x.name + h * k.name;
#define LAST(name, n) x.name += h / 6 * (sum.name + k.name);
#define STORE(name, n) point[n].each[i] = x.name;
#define STEP k = slope(x, c); EACH(FIRST) k = slope(at, c); EACH(SECOND) k = slope(at, c); EACH(THIRD) k = slope(at, c); EACH(LAST)
    EACH(LOAD)
    STEP
    STEP
    EACH(STORE)
  }
}

static void spread(const block_t *restrict b, points_t *restrict p) {
  for (int v = 0; v < VECTORS; v++)
    for (int row = 0; row < STATES; row++)
      for (int i = 0; i < STATES; i++) {
        vector mean = b->state[row].v[v];
        vector reach = i <= row ? all(sqrt(STATES)) * b->factor[row][i].v[v] : all(0);
        p->point[i][row].v[v] = mean + reach;
        p->point[STATES + i][row].v[v] = mean - reach;
      }
}

/* Mean, and the triangle of the deviations and the noise. */
static void gather(block_t *restrict b, const points_t *restrict p) {
  for (int v = 0; v < VECTORS; v++) {
    vector a[STATES][COLUMNS];
    for (int row = 0; row < STATES; row++) {
      vector total = all(0);
      for (int i = 0; i < STATES; i++) {
        vector plus = p->point[i][row].v[v], minus = p->point[STATES + i][row].v[v];
        a[row][i] = (plus - minus) * all(0.5 / sqrt(STATES));
        a[row][STATES + i] = plus + minus;
        total += plus + minus;
      }
      vector mean = total * all(0.5 / STATES);
      for (int i = 0; i < STATES; i++)
        a[row][STATES + i] = a[row][STATES + i] * all(0.5 / sqrt(STATES)) - mean * all(1 / sqrt(STATES));
      for (int i = 0; i < STATES; i++) a[row][2 * STATES + i] = all(i == row ? noise[row] : 0);
      b->state[row].v[v] = mean;
    }
#pragma GCC unroll 8
    for (int i = 0; i < STATES; i++) {
      /* Of the noise, the rows up to this one have entries in its first columns only. */
      int columns = 2 * STATES + i + 1;
      vector square = all(0);
      for (int c = 0; c < columns; c++) square += a[i][c] * a[i][c];
      vector length = root(square), inverse = 1 / length;
      b->factor[i][i].v[v] = length;
      for (int k = i + 1; k < STATES; k++) {
        vector dot = all(0);
        for (int c = 0; c < columns; c++) dot += a[i][c] * a[k][c];
        vector entry = dot * inverse, part = entry * inverse;
        b->factor[k][i].v[v] = entry;
        for (int c = 0; c < columns; c++) a[k][c] -= part * a[i][c];
      }
    }
  }
}

/* Folds a sample in. Columns from `last` on have no part in its row. */
static inline void correct(block_t *restrict b, int v, const vector *g, int last, vector innovation, vector r) {
  vector sums[STATES];
  for (int k = 0; k < STATES; k++) sums[k] = all(0);
  vector variance = r;
#pragma GCC unroll 8
  for (int j = last - 1; j >= 0; j--) {
    vector larger = variance + g[j] * g[j];
    vector scale = root(variance / larger), turn = g[j] / (larger * scale);
    for (int k = j; k < STATES; k++) {
      vector entry = b->factor[k][j].v[v];
      b->factor[k][j].v[v] = scale * entry - turn * sums[k];
      sums[k] += g[j] * entry;
    }
    variance = larger;
  }
  vector per_variance = innovation / variance;
  for (int k = 0; k < STATES; k++) b->state[k].v[v] += sums[k] * per_variance;
}

static inline void correct_state(block_t *restrict b, int v, int state, int sensor) {
  vector g[STATES];
  for (int j = 0; j <= state; j++) g[j] = b->factor[state][j].v[v];
  vector innovation = b->sample[sensor].v[v] - b->state[state].v[v];
  correct(b, v, g, state + 1, innovation, all(sensor_noise[sensor] * sensor_noise[sensor]));
}

static inline vector current(const block_t *restrict b, int v, vector speed, vector winding, vector rotor) {
  vector voltage = *(const vector *)&b->parameter[0][v * WIDTH], synchronous = *(const vector *)&b->parameter[1][v * WIDTH];
  vector per_synchronous = *(const vector *)&b->derived[1][v * WIDTH];
  vector slip = (synchronous - speed) * per_synchronous;
  vector resistance = all(0.35) * (1 + all(0.0039) * (winding - 25)) * slip + all(0.30) * (1 + all(0.0039) * (rotor - 25));
  vector reactance = all(1.6) * slip, slip_voltage = voltage * slip;
  return root(slip_voltage * slip_voltage / (resistance * resistance + reactance * reactance) + all(20.25));
}

/* It depends on speed, winding and rotor, and so on the first four columns. */
static inline void correct_current(block_t *restrict b, int v) {
  enum { SPEED = 0, WINDING = 2, ROTOR = 3, USED = 4 };
  vector speed = b->state[SPEED].v[v], winding = b->state[WINDING].v[v], rotor = b->state[ROTOR].v[v];
  vector middle = current(b, v, speed, winding, rotor), g[USED], bent[USED], shift = all(0), rest = all(0);
#pragma GCC unroll 4
  for (int i = 0; i < USED; i++) {
    vector reach = all(sqrt(STATES));
    vector s = i <= SPEED ? reach * b->factor[SPEED][i].v[v] : all(0);
    vector w = i <= WINDING ? reach * b->factor[WINDING][i].v[v] : all(0);
    vector r = reach * b->factor[ROTOR][i].v[v];
    vector plus = current(b, v, speed + s, winding + w, rotor + r);
    vector minus = current(b, v, speed - s, winding - w, rotor - r);
    g[i] = (plus - minus) * all(0.5 / sqrt(STATES));
    bent[i] = (plus + minus) * all(0.5) - middle;
    shift += bent[i];
  }
  shift *= all(1.0 / STATES);
  for (int i = 0; i < USED; i++) rest += (bent[i] - shift) * (bent[i] - shift);
  rest = (rest + all(STATES - USED) * shift * shift) * all(1.0 / STATES);
  correct(b, v, g, USED, b->sample[2].v[v] - (middle + shift), rest + all(sensor_noise[2] * sensor_noise[2]));
}

static void update(block_t *restrict b, points_t *restrict p) {
  spread(b, p);
  for (int m = 0; m < POINTS; m++) advance(p->point[m], b, step_seconds);
  gather(b, p);
  for (int v = 0; v < VECTORS; v++) {
    correct_state(b, v, 0, 0);
    correct_state(b, v, 1, 1);
    correct_current(b, v);
    correct_state(b, v, 5, 3);
  }
}

static void begin(block_t *b, long first) {
  for (long i = 0; i < LANES; i++) {
    double parameter[PARAMETERS], derived[DERIVED];
    for (long n = 0; n < STATES; n++) {
      b->state[n].each[i] = varied(start[n], first + i, n);
      for (long k = 0; k < STATES; k++) b->factor[n][k].each[i] = n == k ? uncertainty[n] : 0;
    }
    for (long n = 0; n < PARAMETERS; n++)
      parameter[n] = b->parameter[n][i] = varied(start[STATES + n], first + i, STATES + n);
    derive(parameter, derived);
    for (long n = 0; n < DERIVED; n++) b->derived[n][i] = derived[n];
    for (long n = 0; n < SENSORS; n++) b->sample[n].each[i] = varied(samples[n], first + i, 50 + n);
  }
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  long pumps = atol(arguments[1]), updates = atol(arguments[2]), blocks = (pumps + LANES - 1) / LANES;
  block_t *all_blocks = aligned_alloc(64, blocks * sizeof *all_blocks);
  points_t *points = aligned_alloc(64, sizeof *points);
  if (!all_blocks || !points || pumps <= 0 || updates <= 0) return 1;
  for (long n = 0; n < blocks; n++) begin(&all_blocks[n], n * LANES);
  double began = processor_seconds();
  for (long s = 0; s < updates; s++)
    for (long n = 0; n < blocks; n++) update(&all_blocks[n], points);
  printf("%.6g\n", pumps * updates / (processor_seconds() - began) / 1e6);
  for (int n = 0; n < STATES; n++) printf("%.17g\n", all_blocks[0].state[n].each[0]);
  return 0;
}
