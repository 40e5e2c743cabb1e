/**
 * What there is to know of a model before it runs: its equations in the order in which they are computed, the structure of
 * its Jacobian, what a step costs, how stiff it is where it starts, and what steps that allows.
 */

import { namesIn, parseExpression, parseTarget } from '../equation/index.ts';
import { type Graph, jacobian, type NodeId } from '../graph/index.ts';
import type { Backend, Program } from '../kernel/index.ts';
import { isAdaptive, type Method, type Model, sortEquations } from '../model/index.ts';
import { type Eigenvalue, eigenvalues } from './eigenvalues.ts';
import { Formulas, present } from './formulas.ts';
import { movingStates } from './integrate.ts';
import { jacobianOf } from './jacobian.ts';
import { layoutOf } from './layout.ts';
import { substepProgram } from './programs.ts';
import { largestStableStep, stabilityPolynomials } from './stability.ts';
import { countSubsteps, longestStepOf } from './stepper.ts';
import type { NamedValues } from './start.ts';
import { Unknowns } from './unknowns.ts';
import { workAfter } from './work.ts';

export interface Explanation {
  readonly model: string;
  /** Intermediate equations, each after what it reads, then `der` and `next` in the document's order. */
  readonly equations: readonly { readonly target: string; readonly formula: string }[];
  readonly jacobian: {
    /** The continuous states that move: its rows and columns. */
    readonly states: readonly string[];
    /** Where it is not 0 by structure. */
    readonly places: readonly (readonly [row: number, column: number])[];
  };
  /** Operations, constants and loads aside. */
  readonly operations: {
    readonly derivatives: number;
    readonly jacobian: number;
    /** Of a whole substep, with bounds and events; absent for methods that choose their steps. */
    readonly substep?: number;
  };
  readonly start: StartPoint;
  /** Seconds; `null` where nothing limits the step. */
  readonly largestStableStep: Readonly<Record<ExplicitMethod, number | null>>;
  readonly method: { readonly asked: Method; readonly taken: string; readonly why: string };
}

interface StartPoint {
  /** Of the Jacobian, per second, the fastest first; absent if they cannot be computed. */
  readonly eigenvalues?: readonly Eigenvalue[];
  /** Rates of the fastest and the slowest mode that moves, per second. */
  readonly fastest?: number;
  readonly slowest?: number;
  /** Inputs without a default, which were taken as 0 or the bound next to it. */
  readonly guessedInputs: readonly string[];
}

type ExplicitMethod = keyof typeof stabilityPolynomials;

/** From this ratio of the fastest to the slowest mode on, equations are called stiff. */
const stiffRatio = 1000;

export function explainModel(model: Model, options: { readonly backend: Backend }): Explanation {
  const structure = structureOf(model);
  const modes = createModesAtStart(model, options)({});
  const rates = (modes ?? []).map(({ re, im }) => Math.hypot(re, im));
  const moving = rates.filter((rate) => rate > 1e-12 * (rates[0] ?? 0));
  const [fastest] = moving;
  const slowest = moving.at(-1);
  const start: StartPoint = {
    ...(modes === undefined ? {} : { eigenvalues: modes }),
    ...(fastest === undefined || slowest === undefined ? {} : { fastest, slowest }),
    guessedInputs: model.inputs.filter((input) => input.default === undefined).map(({ name }) => name),
  };
  const limit = (method: ExplicitMethod): number | null => {
    const step = largestStableStep(stabilityPolynomials[method], modes ?? []);
    return step < Infinity ? step : null;
  };
  return {
    model: model.id,
    equations: sortedEquations(model),
    jacobian: {
      states: structure.moving.map((index) => present(model.states[index]).name),
      places: structure.entries.map(({ row, column }) => [row, column] as const),
    },
    operations: {
      derivatives: operationsIn(structure.graph, structure.slopes),
      jacobian: operationsIn(
        structure.graph,
        structure.entries.map(({ node }) => node),
      ),
      ...(isAdaptive(model.method) ? {} : { substep: operationsOf(substepProgram(model, layoutOf(model))) }),
    },
    start,
    largestStableStep: { euler: limit('euler'), rk4: limit('rk4'), tsit5: limit('tsit5') },
    method: choice(model, start, limit),
  };
}

/**
 * The modes of the equations at the start, with these parameters over the model's own: eigenvalues of the Jacobian, the
 * fastest first.
 */
function createModesAtStart(
  model: Model,
  options: { readonly backend: Backend },
): (parameters: NamedValues) => Eigenvalue[] | undefined {
  const layout = layoutOf(model);
  const unknowns = new Unknowns(model, layout, workAfter(model, layout));
  const size = unknowns.moving.length;
  const first = unknowns.work.slots;
  for (const [row, entries] of jacobianOf(unknowns).byState.entries()) {
    for (const [column, node] of entries) unknowns.write(first + row * size + column, node);
  }
  const kernel = options.backend(unknowns);
  const memory = options.backend.allocate(first + size * size);
  return (parameters) => {
    for (const [i, { start }] of model.states.entries()) memory[layout.states + i] = start;
    for (const [i, input] of model.inputs.entries()) {
      const { min = -Infinity, max = Infinity, default: otherwise } = input;
      memory[layout.inputs + i] = otherwise ?? Math.min(Math.max(0, min), max);
    }
    for (const [i, { name, value }] of model.parameters.entries()) {
      memory[layout.parameters + i] = parameters[name] ?? value;
    }
    memory[layout.stepSeconds] = Math.min(model.stepSeconds, 1);
    kernel({ memory, capacity: 1, from: 0, to: 1 });
    const modes = eigenvalues(memory.slice(first), size);
    return modes?.toSorted((a, b) => Math.hypot(b.re, b.im) - Math.hypot(a.re, a.im));
  };
}

/** What is known of a twin's step before it runs. */
interface StepStability {
  /** The step that its ticks are divided into. */
  readonly stepSeconds: number;
  /** The largest that is stable at the start; 0 if none is, as with `euler` and a swing without damping. */
  readonly largestSeconds: number;
  /** The largest with `rk4` instead. */
  readonly rk4Seconds: number;
  /** Whether that is so everywhere: the equations are linear, and nothing but parameters changes their modes. */
  readonly everywhere: boolean;
}

/** Finds out whether the ticks of a twin with these parameters (SI, over the model's own) have a step that is unstable. */
export type StepCheck = (tickSeconds: number, parameters: NamedValues) => StepStability | undefined;

/** One check serves all twins of a model. It finds nothing where the method chooses its steps. */
export function createStepCheck(model: Model, options: { readonly backend: Backend }): StepCheck {
  const { method } = model;
  if (method !== 'euler' && method !== 'rk4') return () => undefined;
  const modesWith = createModesAtStart(model, options);
  const everywhere = isLinear(model);
  return (tickSeconds, parameters) => {
    const modes = modesWith(parameters) ?? [];
    const largestSeconds = largestStableStep(stabilityPolynomials[method], modes);
    const stepSeconds = tickSeconds / countSubsteps(tickSeconds, longestStepOf(model));
    if (!(stepSeconds > largestSeconds)) return undefined;
    const rk4Seconds = largestStableStep(stabilityPolynomials.rk4, modes);
    return { stepSeconds, largestSeconds, rk4Seconds, everywhere };
  };
}

/** Whether nothing but parameters stands in the Jacobian. */
function isLinear(model: Model): boolean {
  const { graph, entries } = structureOf(model);
  const { parameters } = layoutOf(model);
  const ids = graph.reachable(entries.map(({ node }) => node));
  return ids.every((id) => {
    const node = graph.node(id);
    return (
      node.kind !== 'load' || (node.slot >= parameters && node.slot < parameters + model.parameters.length)
    );
  });
}

function structureOf(model: Model) {
  const formulas = new Formulas(model, layoutOf(model));
  const { graph, layout } = formulas;
  const moving = movingStates(model);
  const point = {
    time: graph.load(layout.time),
    dt: graph.load(layout.stepSeconds),
    states: formulas.loadStates(),
  };
  const slopes = formulas.at(
    point,
    moving.map((index) => present(model.equations.derivatives[index])),
  );
  const entries = jacobian(
    graph,
    slopes,
    moving.map((index) => layout.states + index),
  );
  return { graph, moving, slopes, entries };
}

function operationsOf({ graph, writes }: Program): number {
  return operationsIn(
    graph,
    writes.map(({ node }) => node),
  );
}

function operationsIn(graph: Graph, roots: readonly NodeId[]): number {
  return graph.reachable(roots).filter((id) => {
    const { kind } = graph.node(id);
    return kind !== 'constant' && kind !== 'load';
  }).length;
}

function sortedEquations({ document }: Model): Explanation['equations'] {
  const all = Object.entries(document.equations ?? {}).map(([target, formula]) => ({
    target,
    formula: String(formula),
  }));
  const isNamed = ({ target }: { readonly target: string }): boolean =>
    parseTarget(target).target?.kind === 'name';
  const named = new Map(all.filter(isNamed).map((each) => [each.target.trim(), each]));
  const { sorted } = sortEquations([...named.keys()], (name) => {
    const { expression } = parseExpression(named.get(name)?.formula ?? '');
    return expression === undefined ? [] : namesIn(expression).map((it) => it.name);
  });
  return [...sorted.map((name) => present(named.get(name))), ...all.filter((each) => !isNamed(each))];
}

function choice(
  model: Model,
  { fastest, slowest }: StartPoint,
  limit: (method: ExplicitMethod) => number | null,
): Explanation['method'] {
  const { method } = model;
  const ratio = fastest === undefined || slowest === undefined ? 1 : fastest / slowest;
  if (method === 'auto') {
    const stiff = ratio >= stiffRatio;
    const why = stiff
      ? `the fastest mode is ${brief(ratio)} times as fast as the slowest, so that the step of tsit5 would be held under ${brief(limit('tsit5') ?? Infinity)} s by stability alone`
      : 'at the start the modes are alike in speed; it changes to rodas5p where stability and not accuracy limits the step';
    return { asked: method, taken: stiff ? 'tsit5, then rodas5p' : 'tsit5', why };
  }
  if (isAdaptive(method)) return { asked: method, taken: method, why: 'the document asks for it' };
  const largest = method === 'euler' || method === 'rk4' ? limit(method) : null;
  const why =
    largest === null || model.stepSeconds <= largest
      ? `its step of ${brief(model.stepSeconds)} s is stable at the start`
      : `its step of ${brief(model.stepSeconds)} s is unstable at the start: ${largest > 0 ? `at most ${brief(largest)} s is stable` : 'no step is stable'}`;
  return { asked: method, taken: method, why };
}

function brief(value: number): string {
  return String(Number(value.toPrecision(3)));
}
