/*
 * Gemel's own programs, which it writes as C, in a program of their own: what the way through Node costs.
 *
 *   gcc … -DSUBSTEPS same-graph.c kernel-….c -lm -o same-graph
 *   same-graph START TWINS CAPACITY STEPS SLOTS STATES COUNT
 *
 * START is a file with the block's doubles, slot by slot, CAPACITY lanes each. It prints million steps a second of processor
 * time, then the COUNT states of twin 0, which lie from slot STATES on.
 */
#include "peer.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Few enough twins for the second cache, as in the benchmark. */
enum { TOGETHER = 512 };

void substep(double *memory, int64_t capacity, int64_t from, int64_t to, int64_t times);
#ifdef TICKS
void begin_tick(double *memory, int64_t capacity, int64_t from, int64_t to, int64_t times);
void end_tick(double *memory, int64_t capacity, int64_t from, int64_t to, int64_t times);
#endif

int main(int count, char **arguments) {
  if (count != 8) return 2;
  long twins = atol(arguments[2]), capacity = atol(arguments[3]), steps = atol(arguments[4]);
  long slots = atol(arguments[5]), states = atol(arguments[6]), shown = atol(arguments[7]), length = slots * capacity;
  double *memory = aligned_alloc(64, (length + 7) / 8 * 8 * sizeof *memory);
  FILE *file = fopen(arguments[1], "rb");
  if (!memory || !file || fread(memory, sizeof *memory, length, file) != (size_t)length) return 1;
  double began = processor_seconds();
  for (long from = 0; from < twins; from += TOGETHER) {
    long to = from + TOGETHER < twins ? from + TOGETHER : twins;
#ifdef TICKS
    for (long s = 0; s < steps; s++) {
      begin_tick(memory, capacity, from, to, 1);
      substep(memory, capacity, from, to, 1);
      end_tick(memory, capacity, from, to, 1);
    }
#else
    substep(memory, capacity, from, to, steps);
#endif
  }
  printf("%.6g\n", twins * steps / (processor_seconds() - began) / 1e6);
  for (long n = 0; n < shown; n++) printf("%.17g\n", memory[(states + n) * capacity]);
  free(memory);
  return 0;
}
