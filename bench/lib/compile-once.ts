/** From a document's text to a kernel that has run, timed. Run by itself, it does so for the pump and prints a JSON object. */

import { webAssemblyBackend } from '../../src/core/kernel/index.ts';
import { createStepper } from '../../src/core/solve/index.ts';
import { pumpPath, readModel, readText } from './twins.ts';

export interface CompileReport {
  readonly ms: number;
  /** Since the process began, at the end. */
  readonly sinceStartMs: number;
}

/** Milliseconds. */
export function compileOnce(text: string): number {
  const began = performance.now();
  const model = readModel(pumpPath, text);
  const stepper = createStepper(model, { backend: webAssemblyBackend('relaxed') });
  const memory = stepper.allocate(8);
  const values = {
    inputs: new Float64Array(model.inputs.length),
    states: Float64Array.from(model.states, ({ start }) => start),
    parameters: Float64Array.from(model.parameters, ({ value }) => value),
  };
  for (let lane = 0; lane < 8; lane++) stepper.initialise(memory, 8, lane, values);
  stepper.substep({ memory, capacity: 8, from: 0, to: 8 });
  return performance.now() - began;
}

if (import.meta.main) {
  const report: CompileReport = { ms: compileOnce(readText(pumpPath)), sinceStartMs: performance.now() };
  console.log(JSON.stringify(report));
}
