/**
 * How a small difference of the states goes through a step: the derivative of its graph times a matrix.
 *
 * Within the integration the model's own Jacobian is taken at each stage and multiplied with the matrix there: that is
 * the derivative of the whole step, in a third of the operations that differentiating its graph at once would take.
 *
 * Notation  A (n×m) differences, a row a state · J (n×n) Jacobian of the equations at a stage · K = J·A slopes of the
 *           differences · h step
 * Source    Hairer, Nørsett & Wanner, Solving Ordinary Differential Equations I (1993), I.14 (variational equation).
 */

import type { JacobianEntry, NodeId } from '../graph/index.ts';
import { derivatives, Graph, jacobian, operandsOf } from '../graph/index.ts';
import type { Model } from '../model/index.ts';
import { type Formulas, type Integration, movingStates, present } from '../solve/index.ts';
import { Algebra, type Entry, type Rows } from './factor.ts';

interface Differences {
  readonly rows: Rows;
  /** The state of each row. */
  readonly states: readonly number[];
}

/**
 * The differences after an integration.
 *
 * With Xᵢ the differences at stage i, X₁ = A, and c·J multiplied out first, a stage is one sum a number, which begins with
 * that of A: Xᵢ₊₁ = A + (cᵢ₊₁·h·Jᵢ)·Xᵢ. The slopes of the first three are then in the X that they led to, so that
 * A + h/6·(K₁ + 2K₂ + 2K₃ + K₄) is (X₂ + 2X₃ + X₄ − A)/3 + (h/6·J₄)·X₄.
 */
export function throughIntegration(
  formulas: Formulas,
  { stages }: Integration,
  { rows, states }: Differences,
): Rows {
  const { graph } = formulas;
  const algebra = new Algebra(graph);
  const local = localJacobian(formulas.model, states);
  const h = graph.load(formulas.layout.stepSeconds);
  /** `begin` and factor times the slopes that the differences have at a stage. */
  const advanced = (stage: number, factor: NodeId, [begin, here]: readonly [Rows, Rows]): Rows => {
    const nodes = formulas.at(
      present(stages[stage]).point,
      local.entries.map(({ node }) => node),
      local.graph,
    );
    const scaled = nodes.map((node) => formulas.mul(factor, node));
    return product(algebra, { entries: local.entries, nodes: scaled }, { rows: here, begin });
  };
  if (stages.length === 1) return advanced(0, h, [rows, rows]);

  const reached: Rows[] = [rows];
  let here = rows;
  for (let stage = 1; stage < stages.length; stage++) {
    const { factor, reached: values } = present(stages[stage]);
    const free = advanced(stage - 1, factor, [rows, here]);
    reached.push(free);
    here = free.map((row, k) => heldWithin(formulas, row, { state: present(states[k]), values }));
  }
  const [first, second, third, fourth] = reached;
  const part = graph.constant(1 / 3);
  const two = graph.constant(2);
  const begin = states.map((_, k) =>
    Array.from({ length: Math.max(...reached.map((it) => it[k]?.length ?? 0)) }, (__, i) => {
      const [a, x2, x3, x4] = [first, second, third, fourth].map((it) => it?.[k]?.[i]);
      // A state at rest: X is A throughout.
      if (a === x2 && a === x3 && a === x4) return a;
      const sum = algebra.add(algebra.add(algebra.sub(x2, a), algebra.mul(two, x3)), x4);
      return algebra.mul(part, sum);
    }),
  );
  return advanced(stages.length - 1, graph.binary('div', h, graph.constant(6)), [begin, here]);
}

/**
 * The differences of `roots`, given those of `variables`: each root by each variable, times the rows.
 *
 * A root that is one of the variables has its row.
 */
export function through(
  graph: Graph,
  roots: readonly NodeId[],
  { variables, rows }: { readonly variables: readonly NodeId[]; readonly rows: Rows },
): Rows {
  const algebra = new Algebra(graph);
  const isPlain = roots.every((root, k) => root === variables[k]);
  if (isPlain) return rows;
  const entries = derivatives(graph, roots, variables);
  const nodes = entries.map(({ node }) => guarded(graph, node));
  return product(algebra, { entries, nodes }, { rows, begin: roots.map(() => []) });
}

/** The model's Jacobian by some states, in a graph with the model's slots. */
function localJacobian(
  model: Model,
  states: readonly number[],
): { readonly graph: Graph; readonly entries: readonly JacobianEntry[] } {
  const { equations } = model;
  const graph = new Graph();
  const moving = new Set(movingStates(model));
  const rows = states.flatMap((state, row) => (moving.has(state) ? [{ row, state }] : []));
  const roots = graph.adopt(
    equations.graph,
    rows.map(({ state }) => present(equations.derivatives[state])),
    new Map(),
  );
  const slots = states.map((state) => equations.slots.states + state);
  const entries = jacobian(graph, roots, slots).map(({ row, column, node }) => ({
    row: present(rows[row]).row,
    column,
    node: hasSteepPlace(graph, present(roots[row]), new Set([slots[column] ?? -1]))
      ? guarded(graph, node)
      : node,
  }));
  return { graph, entries };
}

/** Whether an expression can have a slope without end where it has a value itself: of a root, or a power, of states. */
function hasSteepPlace(graph: Graph, root: NodeId, slots: ReadonlySet<number>): boolean {
  const varying = new Set<NodeId>();
  for (const id of graph.reachable([root])) {
    const node = graph.node(id);
    const varies =
      node.kind === 'load' ? slots.has(node.slot) : operandsOf(node).some((operand) => varying.has(operand));
    if (!varies) continue;
    varying.add(id);
    if (node.kind === 'unary' && steep.has(node.operator)) return true;
    if (node.kind === 'binary' && node.operator === 'pow') return true;
  }
  return false;
}

const steep: ReadonlySet<string> = new Set(['sqrt', 'asin', 'acos']);

/** √x has no finite slope at 0, where a tank is empty: there the state counts as at rest, and the belief stays whole. */
function guarded(graph: Graph, slope: NodeId): NodeId {
  if (graph.node(slope).kind === 'constant') return slope;
  const isFinite = graph.binary('lt', graph.unary('abs', slope), graph.constant(Infinity));
  return graph.select(isFinite, slope, graph.constant(0));
}

/** The differences of a state that its bound does not hold; 0 of one that it holds. */
function heldWithin(
  formulas: Formulas,
  row: readonly Entry[],
  { state, values }: { readonly state: number; readonly values: readonly NodeId[] },
): readonly Entry[] {
  const { graph } = formulas;
  const { min, max } = present(formulas.model.states[state]);
  const value = present(values[state]);
  if (value === graph.load(formulas.layout.states + state)) return row;
  const past = [
    ...(min === undefined ? [] : [formulas.below(min, value)]),
    ...(max === undefined ? [] : [formulas.above(max, value)]),
  ];
  if (past.length === 0) return row;
  const isHeld = past.reduce((a, b) => formulas.or(a, b));
  return row.map((entry) => entry && graph.select(isHeld, graph.constant(0), entry));
}

/** `begin` and a sparse matrix times rows. Each sum is made at once, so that kernels keep it in a register. */
function product(
  algebra: Algebra,
  { entries, nodes }: { readonly entries: readonly JacobianEntry[]; readonly nodes: readonly NodeId[] },
  { rows, begin }: { readonly rows: Rows; readonly begin: Rows },
): Rows {
  const width = Math.max(0, ...rows.map(({ length }) => length), ...begin.map(({ length }) => length));
  return begin.map((row, k) => {
    const own = [...entries.keys()].filter((at) => entries[at]?.row === k);
    if (own.length === 0) return row;
    return Array.from({ length: width }, (_, i) => {
      let sum = row[i];
      for (const at of own) {
        sum = algebra.add(sum, algebra.mul(nodes[at], rows[entries[at]?.column ?? -1]?.[i]));
      }
      return sum;
    });
  });
}
