/** Models made by hand out of closures over their graph, so that the solver is tested without the compiler. */

import type { NodeId } from '../../../src/core/graph/index.ts';
import { Graph } from '../../../src/core/graph/index.ts';
import { isAdaptive, type Model, type Signal, type State } from '../../../src/core/model/index.ts';

/** A formula: gets the writer of formulas and the names. */
export type Formula = (f: Writer) => NodeId;

class Writer {
  readonly graph: Graph;
  readonly #slots: ReadonlyMap<string, number>;

  constructor(graph: Graph, slots: ReadonlyMap<string, number>) {
    this.graph = graph;
    this.#slots = slots;
  }

  /** A name, `time` or `dt`, or a number. */
  at(term: Term): NodeId {
    if (typeof term === 'function') return term(this);
    if (typeof term === 'number') return this.graph.constant(term);
    const slot = this.#slots.get(term);
    if (slot === undefined) throw new RangeError(`no ${term}`);
    return this.graph.load(slot);
  }
}

export type Term = string | number | Formula;

type Binary = Parameters<Graph['binary']>[0];
type Unary = Parameters<Graph['unary']>[0];

const binary =
  (operator: Binary) =>
  (a: Term, b: Term): Formula =>
  (f) =>
    f.graph.binary(operator, f.at(a), f.at(b));
export const un =
  (operator: Unary, a: Term): Formula =>
  (f) =>
    f.graph.unary(operator, f.at(a));
export const choose =
  (condition: Term, yes: Term, no: Term): Formula =>
  (f) =>
    f.graph.select(f.at(condition), f.at(yes), f.at(no));
export const [add, sub, mul, div, max, lt, le, gt, ge, eq, and] = [
  binary('add'),
  binary('sub'),
  binary('mul'),
  binary('div'),
  binary('max'),
  binary('lt'),
  binary('le'),
  binary('gt'),
  binary('ge'),
  binary('eq'),
  binary('and'),
];

interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

export interface Sketch {
  readonly method?: Model['method'];
  readonly step?: number;
  readonly tolerance?: number;
  readonly inputs?: Record<string, Bounds & { default?: number }>;
  readonly parameters?: Record<string, number>;
  readonly states: Record<string, Bounds & { start: number; der?: Term; next?: Term; every?: number }>;
  readonly outputs?: Record<string, Term>;
  readonly measurements?: Record<string, Term>;
  readonly whens?: readonly { condition: Term; resets?: Record<string, Term> }[];
}

export function modelOf(sketch: Sketch): Model {
  const { inputs = {}, parameters = {}, states, outputs = {}, measurements = {}, whens = [] } = sketch;
  const names = ['time', 'dt', ...Object.keys(states), ...Object.keys(inputs), ...Object.keys(parameters)];
  const slots = new Map(names.map((name, slot) => [name, slot]));
  const writer = new Writer(new Graph(), slots);
  const roots = (terms: readonly Term[]): NodeId[] => terms.map((term) => writer.at(term));
  const root = (term: Term | undefined): NodeId | undefined =>
    term === undefined ? undefined : writer.at(term);
  const stateNames = Object.keys(states);
  const inputSlot = 2 + stateNames.length;
  const parameterSlot = inputSlot + Object.keys(inputs).length;
  return {
    name: 'test',
    version: '1.0.0',
    id: 'test@1.0.0',
    title: 'Test',
    unitsChecked: true,
    method: sketch.method ?? 'rk4',
    stepSeconds: sketch.step ?? (isAdaptive(sketch.method ?? 'rk4') ? Infinity : 0.1),
    tolerance: sketch.tolerance ?? 1e-6,
    filter: { method: 'none', members: 64, gate: 5, patience: 3 },
    inputs: Object.entries(inputs).map(([name, input]) => ({ ...signal(name), ...input })),
    parameters: Object.entries(parameters).map(([name, value]) => ({
      ...signal(name),
      value,
      calibrate: false,
    })),
    states: Object.entries(states).map(([name, { der, next, every, ...rest }]): State => {
      const kind = next === undefined ? 'continuous' : 'discrete';
      const period = every === undefined ? {} : { everySeconds: every };
      return { ...signal(name), ...rest, kind, uncertainty: 0, ...period };
    }),
    outputs: Object.keys(outputs).map(signal),
    measurements: Object.keys(measurements).map(signal),
    whens: whens.map((_, index) => ({ name: `when-${index}`, severity: 'warning' })),
    health: [],
    document: { gemel: 1, model: 'test', version: '1.0.0' },
    equations: {
      graph: writer.graph,
      slots: { time: 0, dt: 1, states: 2, inputs: inputSlot, parameters: parameterSlot, count: slots.size },
      derivatives: stateNames.map((name) => root(states[name]?.der)),
      next: stateNames.map((name) => root(states[name]?.next)),
      outputs: roots(Object.values(outputs)),
      predictions: roots(Object.values(measurements)),
      validities: Object.keys(measurements).map(() => undefined),
      whens: whens.map(({ condition, resets = {} }) => ({
        condition: writer.at(condition),
        resets: Object.entries(resets).map(([name, value]) => ({
          state: stateNames.indexOf(name),
          value: writer.at(value),
        })),
      })),
    },
  };
}

function signal(name: string): Signal {
  const unit = {
    symbol: '1',
    dimension: [0, 0, 0, 0, 0, 0, 0],
    factor: 1,
    offset: 0,
    absolute: false,
  } as const;
  return { name, unit };
}
