/*
 * The tutorial machine as a good engineer writes it by hand: blocks of machines in the first cache, vectorised.
 *
 *   gcc -O3 -march=native -ffast-math -fopenmp-simd hand-tutorial.c -lm -o hand-tutorial
 *   hand-tutorial MACHINES TICKS   prints million updates a second of processor time, then the values of machine 0
 *
 * That the loop of `update` is vectorised is checked by the benchmark, from what the compiler says of it.
 */
#include "peer.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { BLOCK = 256 };

typedef struct {
  double temperature[BLOCK], vibration[BLOCK], rpm[BLOCK], timestamp[BLOCK], ambient[BLOCK];
} block_t;

static void update(block_t *restrict b, double dt) {
#pragma omp simd
  for (int i = 0; i < BLOCK; i++) {
    double rpm = b->rpm[i], vibration = b->vibration[i] + (rpm - 1500) * 0.001;
    b->temperature[i] += (b->ambient[i] - b->temperature[i]) * 0.05 * dt;
    b->vibration[i] = vibration > 0.5 ? vibration : 0.5;
    b->rpm[i] = trunc(rpm * 0.999 + 1500 * 0.001);
    b->timestamp[i] += dt;
  }
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  long machines = atol(arguments[1]), ticks = atol(arguments[2]), blocks = (machines + BLOCK - 1) / BLOCK;
  block_t *all = aligned_alloc(64, blocks * sizeof *all);
  if (!all || machines <= 0 || ticks <= 0) return 1;
  for (long n = 0; n < blocks; n++)
    for (long i = 0; i < BLOCK; i++) {
      long machine = n * BLOCK + i;
      all[n].temperature[i] = varied(65, machine, 0);
      all[n].vibration[i] = varied(2.1, machine, 1);
      all[n].rpm[i] = varied(1500, machine, 2);
      all[n].timestamp[i] = 0;
      all[n].ambient[i] = 22;
    }
  double began = processor_seconds();
  for (long n = 0; n < blocks; n++)
    for (long t = 0; t < ticks; t++) update(&all[n], 0.5);
  printf("%.6g\n", machines * ticks / (processor_seconds() - began) / 1e6);
  printf("%.17g\n%.17g\n%.17g\n%.17g\n", all[0].temperature[0], all[0].vibration[0], all[0].rpm[0], all[0].timestamp[0]);
  free(all);
  return 0;
}
