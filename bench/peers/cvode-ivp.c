/*
 * An initial value problem by CVODE of SUNDIALS: Adams' method where it is not stiff, BDF with a dense Jacobian by
 * differences where it is. The slopes are Gemel's own formulas as C (problem.c), the numbers are in problem.h; the benchmark
 * writes both.
 *
 *   gcc -O3 -march=native -fno-math-errno -I DIRECTORY cvode-ivp.c -lsundials_cvode -lsundials_nvecserial -lm -o cvode-ivp
 *   cvode-ivp TOLERANCE…   prints a JSON object for each: milliseconds, relative error at the end, evaluations of the slopes
 */
#include "peer.h"
#include "problem.h"
#include <cvode/cvode.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sunlinsol/sunlinsol_dense.h>
#include <sunmatrix/sunmatrix_dense.h>
#include <sunnonlinsol/sunnonlinsol_fixedpoint.h>

static void kernel(double *memory, int64_t capacity, int64_t from, int64_t to, int64_t times);
#include "problem.c"


static int slopes(realtype t, N_Vector states, N_Vector result, void *memory) {
  const double *x = N_VGetArrayPointer(states);
  double *out = N_VGetArrayPointer(result), *slots = memory;
  slots[TIME_SLOT] = t;
  for (int n = 0; n < STATES; n++) slots[STATE_SLOT + n] = x[n];
  kernel(slots, 1, 0, 1, 1);
  for (int n = 0; n < STATES; n++) out[n] = slots[SLOPE_SLOT + n];
  return 0;
}

typedef struct {
  double seconds, error;
  long evaluations;
} run_t;

static run_t solve(SUNContext context, double tolerance) {
  double memory[SLOTS];
  for (int n = 0; n < SLOTS; n++) memory[n] = initial[n];
  N_Vector states = N_VNew_Serial(STATES, context);
  double *x = N_VGetArrayPointer(states);
  for (int n = 0; n < STATES; n++) x[n] = initial[STATE_SLOT + n];
  void *solver = CVodeCreate(IS_STIFF ? CV_BDF : CV_ADAMS, context);
  CVodeInit(solver, slopes, 0, states);
  CVodeSStolerances(solver, tolerance, tolerance * 1e-9);
  CVodeSetUserData(solver, memory);
  CVodeSetMaxNumSteps(solver, 10000000);
  SUNMatrix jacobian = NULL;
  SUNLinearSolver linear = NULL;
  SUNNonlinearSolver nonlinear = NULL;
  if (IS_STIFF) {
    jacobian = SUNDenseMatrix(STATES, STATES, context);
    linear = SUNLinSol_Dense(states, jacobian, context);
    CVodeSetLinearSolver(solver, linear, jacobian);
  } else {
    nonlinear = SUNNonlinSol_FixedPoint(states, 0, context);
    CVodeSetNonlinearSolver(solver, nonlinear);
  }
  run_t run = {0, 0, 0};
  double time, began = processor_seconds();
  CVodeSetStopTime(solver, END);
  int flag = CVode(solver, END, states, &time, CV_NORMAL);
  run.seconds = processor_seconds() - began;
  CVodeGetNumRhsEvals(solver, &run.evaluations);
  for (int n = 0; n < STATES; n++) run.error = fmax(run.error, fabs(x[n] / reference[n] - 1));
  if (flag < 0) run.error = INFINITY;
  CVodeFree(&solver);
  if (linear) SUNLinSolFree(linear);
  if (jacobian) SUNMatDestroy(jacobian);
  if (nonlinear) SUNNonlinSolFree(nonlinear);
  N_VDestroy(states);
  return run;
}

int main(int count, char **arguments) {
  SUNContext context;
  SUNContext_Create(NULL, &context);
  for (int n = 1; n < count; n++) {
    double tolerance = atof(arguments[n]);
    run_t best = solve(context, tolerance);
    for (int again = 0; again < 4; again++) {
      run_t run = solve(context, tolerance);
      if (run.seconds < best.seconds) best = run;
    }
    if (!(best.error < INFINITY)) best.error = 1e300;
    printf("{\"tolerance\":%g,\"ms\":%.6g,\"error\":%.6g,\"evaluations\":%ld}\n", tolerance, best.seconds * 1e3, best.error,
           best.evaluations);
  }
  return 0;
}
