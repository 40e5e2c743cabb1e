/** Builds the model's expression graph from formulas that have passed every check. */

import { GemelError } from '../diagnose/index.ts';
import { Graph, type NodeId } from '../graph/index.ts';
import type { Equation, Formula, Formulas } from './formulas.ts';
import { lowerExpression } from './lower.ts';
import type { Input, Measurement, ModelEquations, Parameter, State } from './model.ts';
import { PI, TICK_SECONDS, TIME } from './names.ts';
import type { Problems } from './problems.ts';

export interface Checked {
  readonly formulas: Formulas;
  readonly signals: {
    readonly inputs: readonly Input[];
    readonly parameters: readonly Parameter[];
    readonly states: readonly State[];
  };
  readonly intermediates: ReadonlyMap<string, Equation>;
  /** Their names, each after what it reads. */
  readonly sorted: readonly string[];
  readonly measurements: readonly Measurement[];
  readonly unitsChecked: boolean;
}

const TIME_SLOT = 0;
const TICK_SECONDS_SLOT = 1;
const FIRST_STATE_SLOT = 2;

/**
 * Reports constants that are no finite numbers (1/0, exp(1000)): such a model could never run. Undefined, and reported at
 * the formula that is one too many, if the graph would be too large.
 */
export function buildEquations(checked: Checked, problems: Problems): ModelEquations | undefined {
  const underWay: { formula?: Formula } = {};
  try {
    return build(checked, problems, (formula) => (underWay.formula = formula));
  } catch (error) {
    const { formula } = underWay;
    if (!(error instanceof GemelError && error.code === 'MODEL_TOO_LARGE') || formula === undefined)
      throw error;
    problems.at(error.code, formula.path, error.message, { hint: error.hint });
    return undefined;
  }
}

function build(checked: Checked, problems: Problems, begin: (formula: Formula) => void): ModelEquations {
  const { formulas, unitsChecked } = checked;
  const { inputs, parameters, states } = checked.signals;
  const graph = new Graph();
  const inputsSlot = FIRST_STATE_SLOT + states.length;
  const parametersSlot = inputsSlot + inputs.length;
  const nodes = new Map<string, NodeId>([
    [TIME, graph.load(TIME_SLOT)],
    [TICK_SECONDS, graph.load(TICK_SECONDS_SLOT)],
    [PI, graph.constant(Math.PI)],
  ]);
  for (const [index, { name }] of [...states, ...inputs, ...parameters].entries()) {
    nodes.set(name, graph.load(FIRST_STATE_SLOT + index));
  }
  const nodeOf = (name: string): NodeId => {
    const node = nodes.get(name);
    if (node === undefined) throw new RangeError(`the name ${name} passed the checks without a meaning`);
    return node;
  };
  const lower = (formula: Formula): NodeId => {
    begin(formula);
    return lowerExpression(formula.expression, {
      graph,
      unitsChecked,
      nodeOf,
      onNotFinite: ({ span }) =>
        problems.within(
          'EQUATION_NOT_FINITE',
          { path: formula.path, span },
          'this is no finite number, whatever the inputs',
          {
            hint: 'a division by zero, or a result beyond 1.8e308',
          },
        ),
    });
  };
  for (const name of checked.sorted) {
    const equation = checked.intermediates.get(name);
    if (equation) nodes.set(name, lower(equation));
  }
  const ofState = (kind: 'der' | 'next') => {
    const byName = new Map(
      formulas.equations.filter((it) => it.target.kind === kind).map((it) => [it.target.name, it]),
    );
    return states.map(({ name }) => {
      const equation = byName.get(name);
      return equation && lower(equation);
    });
  };
  return {
    graph,
    slots: {
      time: TIME_SLOT,
      dt: TICK_SECONDS_SLOT,
      states: FIRST_STATE_SLOT,
      inputs: inputsSlot,
      parameters: parametersSlot,
      count: parametersSlot + parameters.length,
    },
    derivatives: ofState('der'),
    next: ofState('next'),
    outputs: [...checked.intermediates.keys()].map(nodeOf),
    predictions: checked.measurements.map(({ name }) => {
      const formula = formulas.measurements.get(name);
      if (formula === undefined)
        throw new RangeError(`measurement ${name} passed the checks without a formula`);
      return lower(formula);
    }),
    validities: checked.measurements.map(({ name }) => {
      const formula = formulas.validities.get(name);
      return formula && lower(formula);
    }),
    whens: formulas.whens.map(({ name, condition, resets }) => {
      if (condition === undefined) throw new RangeError(`when ${name} passed the checks without a condition`);
      return {
        condition: lower(condition),
        resets: resets.flatMap(({ state, formula }) =>
          formula ? [{ state: states.findIndex((it) => it.name === state), value: lower(formula) }] : [],
        ),
      };
    }),
  };
}
