/*
 * The pump of bench/models/pump.yaml as a good engineer writes it by hand: classical Runge-Kutta over blocks of 64 pumps
 * that stay in the first cache, the loop over the pumps vectorised by the compiler, what depends on parameters alone
 * computed once.
 *
 *   gcc -O3 -march=native -ffast-math -fopenmp-simd hand-pump.c -lmvec -lm -o hand-pump
 *   hand-pump PUMPS STEPS   prints million pump steps a second of processor time, then the states of pump 0
 *
 * That it vectorises, elementary functions included, is checked by the benchmark: the program must call
 * _ZGV…_exp, _tanh and _pow.
 */
#include "pump.h"
#include <stdio.h>
#include <stdlib.h>

enum { BLOCK = 64 };

typedef struct {
  double state[STATES][BLOCK];
  double parameter[PARAMETERS][BLOCK];
  double derived[DERIVED][BLOCK];
} block_t;

static void step(block_t *restrict b, double h) {
#pragma omp simd
  for (int i = 0; i < BLOCK; i++) {
    pump_t x, at, k, sum;
    constants_t c = {b->parameter[0][i], b->parameter[1][i], b->parameter[3][i],
                     b->derived[0][i],   b->derived[1][i],   b->derived[2][i]};
#define LOAD(name, n) x.name = b->state[n][i];
#define FIRST(name, n) sum.name = k.name; at.name = x.name + 0.5 * h * k.name;
#define SECOND(name, n) sum.name += 2 * k.name; at.name = x.name + 0.5 * h * k.name;
#define THIRD(name, n) sum.name += 2 * k.name; at.name = x.name + h * k.name;
#define LAST(name, n) b->state[n][i] = x.name + h / 6 * (sum.name + k.name);
    EACH(LOAD)
    k = slope(x, c);
    EACH(FIRST)
    k = slope(at, c);
    EACH(SECOND)
    k = slope(at, c);
    EACH(THIRD)
    k = slope(at, c);
    EACH(LAST)
  }
}

static void derive_all(block_t *b) {
  for (int i = 0; i < BLOCK; i++) {
    double parameter[PARAMETERS], derived[DERIVED];
    for (int n = 0; n < PARAMETERS; n++) parameter[n] = b->parameter[n][i];
    derive(parameter, derived);
    for (int n = 0; n < DERIVED; n++) b->derived[n][i] = derived[n];
  }
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  long pumps = atol(arguments[1]), steps = atol(arguments[2]), blocks = (pumps + BLOCK - 1) / BLOCK;
  block_t *all = aligned_alloc(64, blocks * sizeof *all);
  if (!all || pumps <= 0 || steps <= 0) return 1;
  for (long n = 0; n < blocks; n++)
    for (long i = 0; i < BLOCK; i++) {
      for (long v = 0; v < STATES; v++) all[n].state[v][i] = varied(start[v], n * BLOCK + i, v);
      for (long v = 0; v < PARAMETERS; v++) all[n].parameter[v][i] = varied(start[STATES + v], n * BLOCK + i, STATES + v);
    }
  double began = processor_seconds();
  for (long n = 0; n < blocks; n++) {
    derive_all(&all[n]);
    for (long s = 0; s < steps; s++) step(&all[n], step_seconds);
  }
  printf("%.6g\n", pumps * steps / (processor_seconds() - began) / 1e6);
  for (int v = 0; v < STATES; v++) printf("%.17g\n", all[0].state[v][0]);
  free(all);
  return 0;
}
