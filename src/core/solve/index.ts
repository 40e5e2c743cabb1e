/** A model in motion: its state as a block of numbers, the steps that advance it, and simulations. */

export type { Explanation, StepCheck } from './explain.ts';
export { createStepCheck, explainModel } from './explain.ts';
export type { Point } from './formulas.ts';
export { Formulas, present } from './formulas.ts';
export type { Integration } from './integrate.ts';
export { movingStates } from './integrate.ts';
export type { BlockLayout } from './layout.ts';
export { layoutOf } from './layout.ts';
export {
  beginTickProgram,
  buildSubstep,
  endTickProgram,
  observeProgram,
  substepProgram,
} from './programs.ts';
export type { Direction } from './sensitivity.ts';
export { createSensitivityStepper } from './sensitivity.ts';
export type { SimulateOptions } from './simulate.ts';
export { simulate, startSimulation } from './simulate.ts';
export type { InputFunction, NamedValues } from './start.ts';
export { startValues } from './start.ts';
export type { StartValues, Stepper } from './stepper.ts';
export { createStepper, substepLimit } from './stepper.ts';
export type { Stop } from './stop.ts';
export { describeStop, stopOf } from './stop.ts';
export type { Trajectory } from './trajectory.ts';
