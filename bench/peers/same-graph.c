/*
 * Gemel's own programs, which it writes as C, in a program of their own: what the way through Node costs.
 *
 *   gcc … -DSUBSTEPS same-graph.c kernel-….c -lm -o same-graph
 *   same-graph START TWINS STEPS SLOTS STATES COUNT
 *
 * START is a file with the block's doubles, slot by slot, TWINS lanes each. It prints million steps a second of processor
 * time, then the COUNT states of twin 0, which lie from slot STATES on.
 */
#include "peer.h"
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Few enough twins for the second cache, as in the benchmark. */
enum { TOGETHER = 512 };

void substep(double *memory, int64_t capacity, int64_t from, int64_t to);
#ifdef TICKS
void begin_tick(double *memory, int64_t capacity, int64_t from, int64_t to);
void end_tick(double *memory, int64_t capacity, int64_t from, int64_t to);
#endif

int main(int count, char **arguments) {
  if (count != 7) return 2;
  long twins = atol(arguments[2]), steps = atol(arguments[3]), slots = atol(arguments[4]);
  long states = atol(arguments[5]), shown = atol(arguments[6]);
  double *memory = aligned_alloc(64, slots * twins * sizeof *memory);
  FILE *file = fopen(arguments[1], "rb");
  if (!memory || !file || fread(memory, sizeof *memory, slots * twins, file) != (size_t)(slots * twins)) return 1;
  double began = processor_seconds();
  for (long from = 0; from < twins; from += TOGETHER) {
    long to = from + TOGETHER < twins ? from + TOGETHER : twins;
    for (long s = 0; s < steps; s++) {
#ifdef TICKS
      begin_tick(memory, twins, from, to);
      substep(memory, twins, from, to);
      end_tick(memory, twins, from, to);
#else
      substep(memory, twins, from, to);
#endif
    }
  }
  printf("%.6g\n", twins * steps / (processor_seconds() - began) / 1e6);
  for (long n = 0; n < shown; n++) printf("%.17g\n", memory[(states + n) * twins]);
  free(memory);
  return 0;
}
