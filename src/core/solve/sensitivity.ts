/**
 * A stepper that carries derivatives along: how every state, and every prediction, changes with chosen parameters and
 * start values.
 *
 * The programs of the tick are differentiated themselves, expression by expression, so that the result is the exact
 * derivative of the discrete step as it is computed, with its stages, bounds, `every` updates and resets, and not an
 * approximation to that of the differential equation. (For a Runge–Kutta step both are the same thing: it is what the
 * method makes of the forward sensitivity equations.) The moments at which conditions change are taken as given.
 *
 * Notation  x (n) states · p (q) the chosen quantities · S = ∂x/∂p (n×q), one slot each, column by column ·
 *           y (m) predictions · ∂y/∂p (m×q) likewise
 * Source    Hairer, Nørsett & Wanner, Solving Ordinary Differential Equations I (1993), section I.14.
 */

import { GemelError } from '../diagnose/index.ts';
import { directionalDerivatives, Graph, type NodeId } from '../graph/index.ts';
import type { Backend, Kernel, Lanes, Program, SlotWrite } from '../kernel/index.ts';
import { isAdaptive, type Model } from '../model/index.ts';
import { type BlockLayout, layoutOf } from './layout.ts';
import { armProgram, beginTickProgram, endTickProgram, observeProgram, substepProgram } from './programs.ts';
import { countSubsteps, initialiseLane, longestStepOf, type Stepper } from './stepper.ts';

/** What derivatives are taken by: a parameter, or the value of a state at the start. */
export interface Direction {
  readonly of: 'parameter' | 'start';
  /** Index among the model's parameters or states. */
  readonly index: number;
}

/** Slots after those of the block: column c begins at `sensitivities + c·n` and `predictionSensitivities + c·m`. */
interface SensitivityLayout extends BlockLayout {
  readonly sensitivities: number;
  readonly predictionSensitivities: number;
}

export interface SensitivityStepper extends Stepper {
  readonly layout: SensitivityLayout;
}

/** More operations than this in one kernel take long to compile; more columns then go into further kernels. */
const operationsPerKernel = 25_000;

/**
 * @throws GemelError `METHOD_UNSUITABLE` for a method that chooses its steps, `MODEL_TOO_LARGE` if a step with a single
 * column is more than the backend can take.
 */
export function createSensitivityStepper(
  model: Model,
  options: { readonly backend: Backend; readonly directions: readonly Direction[] },
): SensitivityStepper {
  const { backend, directions } = options;
  if (isAdaptive(model.method)) {
    throw new GemelError(
      'METHOD_UNSUITABLE',
      `${model.id} is integrated with ${model.method}, whose steps have no exact derivative`,
      { hint: 'use rk4 or euler' },
    );
  }
  const base = layoutOf(model);
  const sensitivities = base.slots;
  const predictionSensitivities = sensitivities + model.states.length * directions.length;
  const slots = predictionSensitivities + model.measurements.length * directions.length;
  const layout = { ...base, slots, sensitivities, predictionSensitivities };

  const derived = (program: Program, group: DerivedGroup): Kernel =>
    chain(derive(program, { layout, model, directions, group }).map(backend));
  const states = { from: base.states, count: model.states.length, to: sensitivities };
  const predictions = {
    from: base.predictions,
    count: model.measurements.length,
    to: predictionSensitivities,
  };
  const arm = backend(armProgram(model, base));
  const beginTick = backend(beginTickProgram(model, base));
  const observe = derived(observeProgram(model, base), predictions);
  const longestStep = longestStepOf(model);
  return {
    layout,
    allocate: (capacity) => backend.allocate(layout.slots * capacity),
    substeps: (tickSeconds) => countSubsteps(tickSeconds, longestStep),
    initialise(memory, capacity, lane, values) {
      initialiseLane({ model, layout, firstTick: longestStep }, { memory, capacity, lane }, values);
      for (const [column, { of, index }] of directions.entries()) {
        if (of !== 'start') continue;
        memory[(sensitivities + column * model.states.length + index) * capacity + lane] = 1;
      }
      const lanes = { memory, capacity, from: lane, to: lane + 1 };
      beginTick(lanes);
      arm(lanes);
      observe(lanes);
    },
    beginTick,
    substep: derived(substepProgram(model, base), states),
    endTick: derived(endTickProgram(model, base), states),
    observe,
  };
}

/** The written slots whose derivatives are wanted, and where these begin. */
interface DerivedGroup {
  readonly from: number;
  readonly count: number;
  readonly to: number;
}

interface Derivation {
  readonly model: Model;
  readonly layout: SensitivityLayout;
  readonly directions: readonly Direction[];
  readonly group: DerivedGroup;
}

/**
 * The program and its derivatives, as one program or several to be run one after another: each reads the states as they
 * were, so the one that writes them comes last.
 */
function derive(program: Program, derivation: Derivation): Program[] {
  const { directions } = derivation;
  const size = program.graph.reachable(program.writes.map(({ node }) => node)).length;
  const columns = Math.max(1, Math.floor((operationsPerKernel / Math.max(1, size) - 1) / 2));
  const programs: Program[] = [];
  for (let from = 0; from < directions.length; from += columns) {
    const chosen = Array.from({ length: Math.min(columns, directions.length - from) }, (_, i) => from + i);
    const isLast = from + columns >= directions.length;
    programs.push(withDerivatives(program, derivation, { columns: chosen, keep: isLast }));
  }
  return programs.length === 0 ? [program] : programs;
}

function withDerivatives(
  program: Program,
  { model, layout, directions, group }: Derivation,
  { columns, keep }: { readonly columns: readonly number[]; readonly keep: boolean },
): Program {
  const graph = new Graph();
  const nodes = graph.adopt(
    program.graph,
    program.writes.map(({ node }) => node),
    new Map(),
  );
  const copied = program.writes.map(({ slot }, i): SlotWrite => ({ slot, node: nodes[i] ?? 0 }));
  const wanted = copied.filter(({ slot }) => slot >= group.from && slot < group.from + group.count);
  const roots = wanted.map(({ node }) => node);
  const writes = keep ? copied : [];
  const zero = graph.constant(0);
  for (const column of columns) {
    const seeds = new Map<number, NodeId>();
    for (const state of model.states.keys()) {
      const slot = layout.sensitivities + column * model.states.length + state;
      seeds.set(layout.states + state, graph.load(slot));
    }
    const direction = directions[column];
    if (direction?.of === 'parameter') seeds.set(layout.parameters + direction.index, graph.constant(1));
    const tangents = directionalDerivatives(graph, roots, seeds);
    for (const [i, { slot }] of wanted.entries()) {
      writes.push({ slot: group.to + column * group.count + slot - group.from, node: tangents[i] ?? zero });
    }
  }
  return { graph, writes };
}

/** Several kernels as one. */
function chain(kernels: readonly Kernel[]): Kernel {
  const [only] = kernels;
  if (only !== undefined && kernels.length === 1) return only;
  return (lanes: Lanes, repetitions = 1) => {
    for (let i = 0; i < repetitions; i++) for (const kernel of kernels) kernel(lanes);
  };
}
