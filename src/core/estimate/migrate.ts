/**
 * Carries a belief from one version of a model to another.
 *
 * Values go through the migration's formulas, the covariance through their first derivatives, which are symbolic and so
 * exact: P′ = J·P·Jᵀ (the delta method; exact where a formula is linear). A state whose formula reads nothing that the other
 * version estimates is as uncertain as its own document says, and independent of the others.
 *
 * Nothing here depends on the machine: the formulas run as a kernel in strict arithmetic, and sums have a fixed order.
 *
 * Notation  n, m states of the two versions · x (n), P (n×n, row-major) the belief · J (m×n) derivatives of formulas by states
 *           y (m), Q (m×m) what comes out
 */

import { GemelError, renderDiagnostics } from '../diagnose/index.ts';
import type { SourceText } from '../document/index.ts';
import { type JacobianEntry, jacobian } from '../graph/index.ts';
import { defaultBackend } from '../kernel/index.ts';
import { linkVersions, type Model, type Origin, type VersionLink } from '../model/index.ts';
import { beliefLayoutOf, isFiltered } from './belief.ts';

/** What a twin knows under one version of its model; SI, each array in the order of that model. */
interface CarriedBelief {
  readonly values: Float64Array;
  /** n×n, row-major, symmetric; zeros for states that are not estimated. */
  readonly covariance: Float64Array;
}

interface MigratedBelief extends CarriedBelief {
  /**
   * States that begin anew although they have an origin, as indices: what came out was no finite number (1/0). Their value
   * and uncertainty are those of the document.
   */
  readonly anew: readonly number[];
}

export interface Migration {
  /** `Model.id` of the version that is left, and of the one gone to. */
  readonly from: string;
  readonly to: string;
  /** Where each state of `to` comes from, as a formula over `from`; undefined: it begins as its document says. */
  readonly origins: readonly (string | undefined)[];
  /**
   * Values are held within the bounds of `to`. Never throws; allocates what it returns. An input without value is NaN.
   *
   * @throws GemelError `SHAPE_MISMATCH` if an array does not have the length that `from` gives it.
   */
  carry(
    belief: CarriedBelief & { readonly parameters: Float64Array; readonly inputs: Float64Array },
  ): MigratedBelief;
  /**
   * A twin's own parameters, SI by name. One that comes from none of the twin's own is left out, so that the document's value
   * holds, as it did before.
   */
  parameters(of: Readonly<Record<string, number>>): Readonly<Record<string, number>>;
}

/**
 * @param source - the text of `to`, so that problems point into it.
 * @throws GemelError `MIGRATION_INVALID` with every problem of `migrates` and of names that do not fit, each with its place.
 */
export function createMigration(from: Model, to: Model, source?: SourceText): Migration {
  if (from.name !== to.name) {
    throw new GemelError('MIGRATION_INVALID', `${from.id} and ${to.id} are no versions of one model`);
  }
  const { link, diagnostics, source: text } = linkVersions(from, to, source);
  if (diagnostics.length > 0) {
    const sources = new Map([[text.file, text.text]]);
    const picture = renderDiagnostics(diagnostics, { sources, color: 'never' });
    throw new GemelError('MIGRATION_INVALID', `${from.id} does not migrate to ${to.id}\n${picture}`, {
      diagnostics,
    });
  }
  const compute = compile(link, from);
  return {
    from: from.id,
    to: to.id,
    origins: link.states.map((origin) => origin?.text),
    carry({ values, covariance, parameters, inputs }) {
      const n = from.states.length;
      checkLength('values', values, n);
      checkLength('covariance', covariance, n * n);
      checkLength('parameters', parameters, from.parameters.length);
      checkLength('inputs', inputs, from.inputs.length);
      const out = compute({ states: values, inputs, parameters });
      return carry({ from, to, link, entries: compute.entries }, out, covariance);
    },
    parameters(of) {
      // Some names are those of things that every object has.
      const own = new Map(Object.entries(of));
      const known = from.parameters.map(({ name, value }) => own.get(name) ?? value);
      const inputs = new Float64Array(from.inputs.length).fill(NaN);
      const states = Float64Array.from(from.states, ({ start }) => start);
      const { parameters } = compute({ states, inputs, parameters: Float64Array.from(known) });
      return Object.fromEntries(
        to.parameters.flatMap(({ name }, i) => {
          const isOwn = link.parameters[i]?.reads.some((read) => own.has(read)) ?? false;
          return isOwn ? [[name, parameters[i] ?? NaN] as const] : [];
        }),
      );
    },
  };
}

interface Computed {
  /** One a state, or parameter, of `to`; NaN without origin. */
  readonly states: Float64Array;
  readonly parameters: Float64Array;
  /** One an entry of the Jacobian. */
  readonly derivatives: Float64Array;
}

interface Compute {
  (of: Record<'states' | 'inputs' | 'parameters', Float64Array>): Computed;
  /** Derivatives of origins by the states that `from` estimates, which are not 0 by structure. */
  readonly entries: readonly JacobianEntry[];
}

function compile({ graph, slots, states, parameters }: VersionLink, from: Model): Compute {
  const { estimated } = isFiltered(from) ? beliefLayoutOf(from) : { estimated: [] };
  const nothing = graph.constant(NaN);
  const nodeOf = (origin: Origin | undefined): number => origin?.node ?? nothing;
  const roots = states.map(nodeOf);
  const columns = estimated.map((index) => slots.states + index);
  const entries = jacobian(graph, roots, columns).map((it) => ({
    ...it,
    column: estimated[it.column] ?? -1,
  }));
  const nodes = [...roots, ...parameters.map(nodeOf), ...entries.map(({ node }) => node)];

  const first = slots.parameters + from.parameters.length;
  const backend = defaultBackend();
  const writes = nodes.map((node, i) => ({ slot: first + i, node }));
  const kernel = backend({ graph, writes });
  const memory = backend.allocate(first + nodes.length);
  const result = (start: number, count: number): Float64Array =>
    memory.slice(first + start, first + start + count);
  const compute = (of: Record<'states' | 'inputs' | 'parameters', Float64Array>): Computed => {
    memory.set(of.states, slots.states);
    memory.set(of.inputs, slots.inputs);
    memory.set(of.parameters, slots.parameters);
    kernel({ memory, capacity: 1, from: 0, to: 1 });
    return {
      states: result(0, states.length),
      parameters: result(states.length, parameters.length),
      derivatives: result(states.length + parameters.length, entries.length),
    };
  };
  return Object.assign(compute, { entries });
}

interface Ways {
  readonly from: Model;
  readonly to: Model;
  readonly link: VersionLink;
  readonly entries: readonly JacobianEntry[];
}

function carry({ from, to, link, entries }: Ways, out: Computed, P: Float64Array): MigratedBelief {
  const [n, m] = [from.states.length, to.states.length];
  const values = new Float64Array(m);
  const covariance = new Float64Array(m * m);
  const anew: number[] = [];
  const rows = rowsOf(entries, out.derivatives, m);
  for (const [i, { start, min = -Infinity, max = Infinity }] of to.states.entries()) {
    const y = out.states[i] ?? NaN;
    const isCarried = link.states[i] !== undefined && Number.isFinite(y);
    if (link.states[i] !== undefined && !isCarried) anew.push(i);
    if (!isCarried) rows[i] = [];
    values[i] = isCarried ? Math.min(Math.max(y, min), max) : start;
  }
  const spread = (i: number, k: number): number => {
    let sum = 0;
    for (const [a, byA] of rows[i] ?? []) {
      for (const [b, byB] of rows[k] ?? []) sum += byA * ((P[a * n + b] ?? 0) * byB);
    }
    return sum;
  };
  for (const [i, { uncertainty }] of to.states.entries()) {
    const variance = spread(i, i);
    // An infinite slope (√x at 0) says nothing of the spread.
    if ((rows[i] ?? []).length === 0 || !(variance >= 0 && variance < Infinity)) {
      rows[i] = [];
      covariance[i * m + i] = uncertainty * uncertainty;
      continue;
    }
    covariance[i * m + i] = variance;
    for (let k = 0; k < i; k++) covariance[i * m + k] = covariance[k * m + i] = spread(i, k);
  }
  return { values, covariance, anew };
}

/** The derivatives of each origin, as pairs of a state of `from` and a number. */
function rowsOf(
  entries: readonly JacobianEntry[],
  derivatives: Float64Array,
  count: number,
): (readonly (readonly [state: number, derivative: number])[])[] {
  const rows: [number, number][][] = Array.from({ length: count }, () => []);
  for (const [i, { row, column }] of entries.entries()) rows[row]?.push([column, derivatives[i] ?? NaN]);
  return rows;
}

function checkLength(name: string, array: Float64Array, expected: number): void {
  if (array.length === expected) return;
  throw new GemelError('SHAPE_MISMATCH', `${name} has ${array.length} numbers, the model needs ${expected}`);
}
