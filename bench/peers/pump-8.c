/*
 * The pump of pump-8.yaml as a good engineer writes it by hand for many at once: blocks of lanes that stay in the first
 * cache, what does not change taken out of the loop, divisions by constants as products, one vectorised loop a step.
 *
 *   gcc -O3 -march=native -ffast-math -fopenmp-simd pump-8.c -lm -lmvec
 *   pump-8 LANES STEPS         prints pump-steps a second of this thread's CPU time, and the first pump's speed
 */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { states = 8, inputs = 3, parameters = 3, hoisted = 3, block = 64 };

typedef struct {
  double w, Q, Tw, Tr, Th, Tb, D, L;
} State;

/* What is the same over a step. */
typedef struct {
  double voltage, ambient, synchronous, loss, per_synchronous, per_inertia;
} Given;

typedef struct {
  double state[states][block], input[inputs][block], parameter[parameters][block], hoist[hoisted][block];
} Block;

static inline __attribute__((always_inline)) State slope(State x, Given p) {
  const double s = (p.synchronous - x.w) * p.per_synchronous;
  const double Rs = 0.35 * (1 + 0.0039 * (x.Tw - 25));
  const double Rr = 0.30 * (1 + 0.0039 * (x.Tr - 25));
  const double q0 = Rs * s + Rr;
  const double Xs = 1.6 * s;
  const double per_den = 1 / (q0 * q0 + Xs * Xs);
  const double Vs = p.voltage * s;
  const double I2 = Vs * Vs * per_den;
  const double Tem = 3 * p.voltage * p.voltage * Rr * s * per_den * p.per_synchronous;
  const double Is2 = I2 + 4.5 * 4.5;
  const double cav = 0.5 * (1 + tanh((2 + 2500 * x.Q * x.Q - 8.5 + 0.02 * (x.Th - 20)) * 3.3));
  const double QQ = x.Q * fabs(x.Q);
  const double H = (0.0016 * x.w * x.w + 0.35 * 0.2 * x.w * x.Q - 9000 * QQ) * (1 - 0.3 * cav);
  const double Hs = 4 + x.L + p.loss * QQ;
  const double visc = 0.004 * exp(-0.03 * (x.Tb - 40));
  const double wear = 1 + 4 * x.D;
  const double Tf = (0.8 * tanh(x.w * 2) + visc * x.w) * wear;
  const double Tp = 0.0008 * x.w * x.w + 2.2 * x.w * x.Q;
  const double fan = 1.5 + 0.09 * pow(fabs(x.w) + 0.001, 0.8);
  const double ww = x.w * 0.006366;
  State d;
  d.w = (Tem - Tp - Tf) * p.per_inertia;
  d.Q = (H - Hs) * 0.0077;
  d.Tw = (3 * Is2 * Rs - 14 * (x.Tw - x.Th)) * (1 / 5200.0);
  d.Tr = (3 * I2 * Rr - 11 * (x.Tr - x.Th)) * (1 / 4100.0);
  d.Th = (14 * (x.Tw - x.Th) + 11 * (x.Tr - x.Th) + 6 * (x.Tb - x.Th) - fan * (x.Th - p.ambient)) * (1 / 21000.0);
  d.Tb = (Tf * x.w - 6 * (x.Tb - x.Th)) * (1 / 900.0);
  d.D = 1e-7 * wear * ww * ww * ww * exp((x.Tb - 70) * 0.0667);
  d.L = (x.Q - 0.0142 * sqrt(x.L > 0 ? x.L : 0)) * 0.25;
  return d;
}

#define EACH(DO) DO(w) DO(Q) DO(Tw) DO(Tr) DO(Th) DO(Tb) DO(D) DO(L)

static inline __attribute__((always_inline)) State moved(State x, double h, State k) {
#define MOVE(name) x.name += h * k.name;
  EACH(MOVE)
  return x;
}

static void step(Block *restrict b, double dt) {
#pragma omp simd
  for (int l = 0; l < block; l++) {
    const State x = { b->state[0][l], b->state[1][l], b->state[2][l], b->state[3][l],
                      b->state[4][l], b->state[5][l], b->state[6][l], b->state[7][l] };
    const Given p = { b->input[0][l], b->input[2][l], b->parameter[0][l],
                      b->hoist[0][l], b->hoist[1][l], b->hoist[2][l] };
    const State k1 = slope(x, p);
    const State k2 = slope(moved(x, 0.5 * dt, k1), p);
    const State k3 = slope(moved(x, 0.5 * dt, k2), p);
    const State k4 = slope(moved(x, dt, k3), p);
    State sum = k1;
    sum = moved(sum, 2, k2);
    sum = moved(sum, 2, k3);
    sum = moved(sum, 1, k4);
    const State next = moved(x, dt / 6, sum);
    b->state[0][l] = next.w, b->state[1][l] = next.Q, b->state[2][l] = next.Tw, b->state[3][l] = next.Tr;
    b->state[4][l] = next.Th, b->state[5][l] = next.Tb, b->state[6][l] = next.D, b->state[7][l] = next.L;
  }
}

static void hoist(Block *b) {
  for (int l = 0; l < block; l++) {
    const double opening = exp(3.9 * (b->input[1][l] - 1));
    b->hoist[0][l] = b->parameter[1][l] / (opening * opening) * 0.5;
    b->hoist[1][l] = 1 / b->parameter[0][l];
    b->hoist[2][l] = 1 / b->parameter[2][l];
  }
}

static double cpu_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec * 1e-9;
}

int main(int count, char **arguments) {
  const int lanes = count > 1 ? atoi(arguments[1]) : 16384;
  const int steps = count > 2 ? atoi(arguments[2]) : 100;
  const double start[states] = { 140, 0.02, 60, 65, 45, 50, 0.05, 2 };
  const double input[inputs] = { 230, 0.8, 25 };
  const double parameter[parameters] = { 157.08, 4000, 0.6 };
  const int blocks = (lanes + block - 1) / block;
  Block *all = aligned_alloc(64, blocks * sizeof *all);
  if (!all) return 1;
  for (int b = 0; b < blocks; b++) {
    for (int l = 0; l < block; l++) {
      const double spread = 1 + 0.01 * ((b * block + l) % 1000) / 1000.0;
      for (int i = 0; i < states; i++) all[b].state[i][l] = start[i] * spread;
      for (int i = 0; i < inputs; i++) all[b].input[i][l] = input[i];
      for (int i = 0; i < parameters; i++) all[b].parameter[i][l] = parameter[i];
    }
  }
  const double began = cpu_seconds();
  for (int b = 0; b < blocks; b++) {
    hoist(&all[b]);
    for (int i = 0; i < steps; i++) step(&all[b], 0.005);
  }
  const double seconds = cpu_seconds() - began;
  printf("%.6g %.17g\n", (double)lanes * steps / seconds, all[0].state[0][0]);
}
