/* What the peers in C have in common: the same start in every peer and language, and the clock that is read. */
#ifndef PEER_H
#define PEER_H

#define _POSIX_C_SOURCE 200809L
#include <time.h>

/* Within a hundredth of the value; the same in every peer. */
static inline double varied(double value, long twin, long number) {
  return value * (1 + 0.02 * ((twin * 7919 + number * 104729) % 1000 / 1000.0 - 0.5));
}

/* Of this thread: what other programs do meanwhile does not count. */
static inline double processor_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec * 1e-9;
}

#endif
