/*
 * The pump of bench/models/pump.yaml as a good engineer writes it by hand: classical Runge-Kutta over blocks of 64 pumps
 * that stay in the first cache, the loop over the pumps vectorised by the compiler, what depends on parameters alone
 * computed once.
 *
 *   gcc -O3 -march=native -ffast-math -fopenmp-simd hand-pump.c -lmvec -lm -o hand-pump
 *   hand-pump PUMPS STEPS   prints million pump steps a second of processor time, then the states of pump 0
 *
 * That it vectorises, elementary functions included, is checked by the benchmark: the program must call _ZGV…_exp.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { BLOCK = 64, STATES = 8, PARAMETERS = 6, DERIVED = 3 };

static const double start[STATES + PARAMETERS] = {140, 0.02, 60, 65, 45, 50, 0.05, 2, 230, 157.08, 0.8, 25, 4000, 0.6};
static const double step_seconds = 0.005;

typedef struct {
  double state[STATES][BLOCK];
  double parameter[PARAMETERS][BLOCK];
  double derived[DERIVED][BLOCK];
} block_t;

typedef struct {
  double speed, flow, winding, rotor, housing, bearing, wear, level;
} pump_t;

typedef struct {
  double voltage, synchronous, ambient, loss, per_synchronous, per_inertia;
} constants_t;

static inline __attribute__((always_inline)) pump_t slope(pump_t x, constants_t c) {
  double slip = (c.synchronous - x.speed) * c.per_synchronous;
  double stator_resistance = 0.35 * (1 + 0.0039 * (x.winding - 25));
  double rotor_resistance = 0.30 * (1 + 0.0039 * (x.rotor - 25));
  double resistance = stator_resistance * slip + rotor_resistance;
  double reactance = 1.6 * slip;
  double per_impedance = 1 / (resistance * resistance + reactance * reactance);
  double slip_voltage = c.voltage * slip;
  double rotor_current_squared = slip_voltage * slip_voltage * per_impedance;
  double torque = 3 * c.voltage * c.voltage * rotor_resistance * slip * c.per_synchronous * per_impedance;
  double stator_current = sqrt(rotor_current_squared + 20.25);

  double flow_squared = x.flow * fabs(x.flow);
  double head_needed = 2 + 2500 * x.flow * x.flow;
  double head_available = 8.5 - 0.02 * (x.housing - 20);
  double cavitation = 0.5 * (1 + tanh((head_needed - head_available) * 3.3));
  double head = (0.0016 * x.speed * x.speed + 0.07 * x.speed * x.flow - 9000 * flow_squared) * (1 - 0.3 * cavitation);
  double system_head = 4 + x.level + c.loss * flow_squared;

  double viscosity = 0.004 * exp(-0.03 * (x.bearing - 40));
  double worn = 1 + 4 * x.wear;
  double friction = (0.8 * tanh(x.speed * 2) + viscosity * x.speed) * worn;
  double pump_torque = 0.0008 * x.speed * x.speed + 2.2 * x.speed * x.flow;
  double fan = 1.5 + 0.09 * pow(fabs(x.speed) + 0.001, 0.8);
  double relative_speed = x.speed * 0.006366;

  pump_t k;
  k.speed = (torque - pump_torque - friction) * c.per_inertia;
  k.flow = (head - system_head) * 0.0077;
  k.winding = (3 * stator_current * stator_current * stator_resistance - 14 * (x.winding - x.housing)) * (1 / 5200.0);
  k.rotor = (3 * rotor_current_squared * rotor_resistance - 11 * (x.rotor - x.housing)) * (1 / 4100.0);
  k.housing = (14 * (x.winding - x.housing) + 11 * (x.rotor - x.housing) + 6 * (x.bearing - x.housing) -
               fan * (x.housing - c.ambient)) * (1 / 21000.0);
  k.bearing = (friction * x.speed - 6 * (x.bearing - x.housing)) * (1 / 900.0);
  k.wear = 1e-7 * worn * relative_speed * relative_speed * relative_speed * exp((x.bearing - 70) * 0.0667);
  k.level = (x.flow - 0.0142 * sqrt(x.level > 0 ? x.level : 0)) * 0.25;
  return k;
}

#define EACH(of) of(speed, 0) of(flow, 1) of(winding, 2) of(rotor, 3) of(housing, 4) of(bearing, 5) of(wear, 6) of(level, 7)

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

static void derive(block_t *b) {
  for (int i = 0; i < BLOCK; i++) {
    double opening = exp(3.9 * (b->parameter[2][i] - 1));
    b->derived[0][i] = b->parameter[4][i] / (opening * opening) * 0.5;
    b->derived[1][i] = 1 / b->parameter[1][i];
    b->derived[2][i] = 1 / b->parameter[5][i];
  }
}

/* The same start in every peer: each value within a hundredth of its own. */
static double varied(long pump, long value) {
  return start[value] * (1 + 0.02 * ((pump * 7919 + value * 104729) % 1000 / 1000.0 - 0.5));
}

static double processor_seconds(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

int main(int count, char **arguments) {
  if (count != 3) return 2;
  long pumps = atol(arguments[1]), steps = atol(arguments[2]), blocks = (pumps + BLOCK - 1) / BLOCK;
  block_t *all = aligned_alloc(64, blocks * sizeof *all);
  if (!all || pumps <= 0 || steps <= 0) return 1;
  for (long n = 0; n < blocks; n++)
    for (long i = 0; i < BLOCK; i++) {
      for (long v = 0; v < STATES; v++) all[n].state[v][i] = varied(n * BLOCK + i, v);
      for (long v = 0; v < PARAMETERS; v++) all[n].parameter[v][i] = varied(n * BLOCK + i, STATES + v);
    }
  double began = processor_seconds();
  for (long n = 0; n < blocks; n++) {
    derive(&all[n]);
    for (long s = 0; s < steps; s++) step(&all[n], step_seconds);
  }
  printf("%.6g\n", pumps * steps / (processor_seconds() - began) / 1e6);
  for (int v = 0; v < STATES; v++) printf("%.17g\n", all[0].state[v][0]);
  free(all);
  return 0;
}
