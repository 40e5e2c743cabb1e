/*
 * The pump of bench/models/pump.yaml by CVODE of SUNDIALS, one pump after another, as libraries of solvers are used: the
 * equations by hand, variable step and order, no steps in common between two pumps.
 *
 *   gcc -O3 -march=native -ffast-math cvode-pump.c -lsundials_cvode -lsundials_nvecserial -lm -o cvode-pump
 *   cvode-pump PUMPS STEPS TOLERANCE adams|bdf
 *
 * It solves STEPS times 5 ms and prints million such steps a second of processor time, then the states of the first 16
 * pumps. TOLERANCE is relative; the absolute one is that of the start values.
 */
#include "pump.h"
#include <cvode/cvode.h>
#include <nvector/nvector_serial.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>

enum { SHOWN = 16 };

static int slopes(realtype t, N_Vector states, N_Vector result, void *constants) {
  (void)t;
  const double *x = N_VGetArrayPointer(states);
  double *out = N_VGetArrayPointer(result);
#define READ(name, n) at.name = x[n];
#define WRITE(name, n) out[n] = k.name;
  pump_t at;
  EACH(READ)
  pump_t k = slope(at, *(constants_t *)constants);
  EACH(WRITE)
  return 0;
}

static constants_t constants_of(long pump) {
  double p[PARAMETERS], derived[DERIVED];
  for (long n = 0; n < PARAMETERS; n++) p[n] = varied(start[STATES + n], pump, STATES + n);
  derive(p, derived);
  return (constants_t){p[0], p[1], p[3], derived[0], derived[1], derived[2]};
}

int main(int count, char **arguments) {
  if (count != 5) return 2;
  long pumps = atol(arguments[1]), steps = atol(arguments[2]);
  double tolerance = atof(arguments[3]), shown[SHOWN][STATES] = {{0}};
  int is_stiff = strcmp(arguments[4], "bdf") == 0;
  SUNContext context;
  SUNContext_Create(NULL, &context);
  N_Vector states = N_VNew_Serial(STATES, context), absolute = N_VNew_Serial(STATES, context);
  double *x = N_VGetArrayPointer(states);
  for (int n = 0; n < STATES; n++) x[n] = start[n], N_VGetArrayPointer(absolute)[n] = tolerance * start[n];
  constants_t constants;
  void *solver = CVodeCreate(is_stiff ? CV_BDF : CV_ADAMS, context);
  CVodeInit(solver, slopes, 0, states);
  CVodeSVtolerances(solver, tolerance, absolute);
  CVodeSetUserData(solver, &constants);
  CVodeSetMaxNumSteps(solver, 1000000);
  if (is_stiff) {
    SUNMatrix jacobian = SUNDenseMatrix(STATES, STATES, context);
    CVodeSetLinearSolver(solver, SUNLinSol_Dense(states, jacobian, context), jacobian);
  } else {
    CVodeSetNonlinearSolver(solver, SUNNonlinSol_FixedPoint(states, 0, context));
  }
  double began = processor_seconds();
  for (long pump = 0; pump < pumps; pump++) {
    for (long n = 0; n < STATES; n++) x[n] = varied(start[n], pump, n);
    constants = constants_of(pump);
    double time, end = steps * step_seconds;
    CVodeReInit(solver, 0, states);
    CVodeSetStopTime(solver, end);
    if (CVode(solver, end, states, &time, CV_NORMAL) < 0) return 1;
    if (pump < SHOWN) memcpy(shown[pump], x, sizeof shown[pump]);
  }
  printf("%.6g\n", pumps * steps / (processor_seconds() - began) / 1e6);
  for (long n = 0; n < SHOWN * STATES; n++) printf("%.17g\n", shown[n / STATES][n % STATES]);
  return 0;
}
