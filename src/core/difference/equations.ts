/**
 * Which formulas of two versions differ. Two are the same if they are the same node of a common graph, or the same sum of
 * products, or smooth between the same branches and equal at many points: then they were only written differently.
 */

import { parseExpression, parseTarget, printExpression } from '../equation/index.ts';
import type { Graph, NodeId } from '../graph/index.ts';
import { javascriptBackend } from '../kernel/index.ts';
import type { Model } from '../model/index.ts';
import { Rng } from '../statistics/index.ts';
import type { CommonGraph, Pair } from './common.ts';
import { meaningOf } from './meaning.ts';
import { type NormalForm, normalForms } from './normal-form.ts';
import { isSameSum } from './terms.ts';

export interface EquationDifference {
  /** What the formula is of: `der(level)`, `outflow`, `level_sensor`, `when full` … */
  readonly of: string;
  readonly kind: 'added' | 'removed' | 'changed' | 'renamed';
  /** Its name before, where that was another. */
  readonly was?: string;
  /** The formulas as their documents have them. */
  readonly before?: string;
  readonly after?: string;
  /** What the change means; numbers in SI. */
  readonly meaning: readonly string[];
  /** Set where the formula itself is as it was, and only these that it reads have changed. */
  readonly through?: readonly string[];
}

/** Points at which formulas are compared, and how many of them must give numbers. */
const points = 64;
const enough = 16;
/** Relative to the largest value: more than rounding, less than any term that a double could tell. */
const tolerance = 1e-13;

export function compareEquations(a: Model, b: Model, common: CommonGraph): readonly EquationDifference[] {
  const { pairs } = common;
  const forms = formsOf(common);
  const written = { before: writtenIn(a), after: writtenIn(b) };
  const equal = numericallyEqual(common);
  const changed = new Set<Pair>();
  /** Names of the named equations among them. */
  const changedNames = new Set<string>();
  const isSame = (pair: Pair): boolean => {
    if (pair.before === pair.after) return true;
    const [x, y] = [forms.before.get(pair.before ?? -1), forms.after.get(pair.after ?? -1)];
    if (x === undefined || y === undefined) return false;
    const through = [...x.expanded.through, ...y.expanded.through];
    if (isSameSum(x.expanded.sum, y.expanded.sum) && !through.some((it) => changedNames.has(it))) return true;
    return sameSet(x.expanded.branches, y.expanded.branches) && equal(pair);
  };
  // By their nodes, so that what a formula reads is settled before it.
  const ordered = pairs.toSorted(
    (p, q) => Math.max(p.before ?? 0, p.after ?? 0) - Math.max(q.before ?? 0, q.after ?? 0),
  );
  for (const pair of ordered) {
    if (isSame(pair)) continue;
    changed.add(pair);
    if (pair.kind === 'output') changedNames.add(pair.name);
  }
  return pairs.flatMap((pair): EquationDifference[] => {
    const isChanged = changed.has(pair);
    if (!isChanged && pair.oldName === undefined) return [];
    const name = describe(pair);
    const texts = {
      ...text('before', written.before.get(`${pair.kind} ${pair.targetBefore}`)),
      ...text('after', written.after.get(`${pair.kind} ${pair.targetAfter}`)),
    };
    const was = pair.oldName === undefined ? {} : { was: pair.oldName };
    if (!isChanged) {
      return pair.kind === 'output' && pair.oldName !== undefined
        ? [{ of: name, kind: 'renamed', ...was, ...texts, meaning: [] }]
        : [];
    }
    if (pair.before === undefined) return [{ of: name, kind: 'added', ...texts, meaning: [] }];
    if (pair.after === undefined) return [{ of: name, kind: 'removed', ...texts, meaning: [] }];
    const [x, y] = [forms.before.get(pair.before), forms.after.get(pair.after)];
    if (x === undefined || y === undefined) return [];
    const through = [...new Set([...x.expanded.through, ...y.expanded.through])].filter((it) =>
      changedNames.has(it),
    );
    if (isSameSum(x.expanded.sum, y.expanded.sum)) {
      return [{ of: name, kind: 'changed', ...was, ...texts, meaning: [], through }];
    }
    const meaning = meaningOf(
      { expanded: x.expanded.sum, written: x.written.sum },
      { expanded: y.expanded.sum, written: y.written.sum },
    );
    return [{ of: name, kind: 'changed', ...was, ...texts, meaning }];
  });
}

interface BothForms {
  readonly expanded: NormalForm;
  readonly written: NormalForm;
}

/** The normal forms of all roots of either version, in which equations that both have are known by their names. */
function formsOf({
  graph,
  pairs,
  nameOfSlot,
  slots,
}: CommonGraph): Record<'before' | 'after', ReadonlyMap<NodeId, BothForms>> {
  const taken = new Set(Array.from({ length: slots }, (_, slot) => nameOfSlot(slot)));
  const side = (which: 'before' | 'after'): ReadonlyMap<NodeId, BothForms> => {
    const named = new Map<NodeId, string>();
    for (const { kind, name, before, after } of pairs) {
      if (kind !== 'output' || before === undefined || after === undefined) continue;
      const node = which === 'before' ? before : after;
      if (isFormula(graph, node) && !taken.has(name)) named.set(node, name);
    }
    const roots = pairs.flatMap((pair) => pair[which] ?? []);
    const [expanded, written] = (['expanded', 'as written'] as const).map((style) =>
      normalForms(graph, roots, { nameOfSlot, named, style }),
    );
    return new Map(
      roots.flatMap((root) => {
        const [x, y] = [expanded?.get(root), written?.get(root)];
        return x === undefined || y === undefined ? [] : [[root, { expanded: x, written: y }]];
      }),
    );
  };
  return { before: side('before'), after: side('after') };
}

function isFormula(graph: Graph, id: NodeId): boolean {
  const { kind } = graph.node(id);
  return kind !== 'constant' && kind !== 'load';
}

/** Whether both formulas of a pair give the same numbers at random points; both giving none does not count. */
function numericallyEqual({ graph, pairs, slots, typical }: CommonGraph): (pair: Pair) => boolean {
  const both = pairs.filter(
    (it) => it.before !== undefined && it.after !== undefined && it.before !== it.after,
  );
  const writes = both.flatMap(({ before = 0, after = 0 }, i) => [
    { slot: slots + 2 * i, node: before },
    { slot: slots + 2 * i + 1, node: after },
  ]);
  const memory = new Float64Array((slots + writes.length) * points);
  const rng = new Rng(1);
  for (const [slot, { middle, reach }] of typical.entries()) {
    for (let lane = 0; lane < points; lane++)
      memory[slot * points + lane] = middle + reach * (2 * rng.uniform() - 1);
  }
  if (writes.length > 0)
    javascriptBackend({ graph, writes })({ memory, capacity: points, from: 0, to: points });
  return (pair) => {
    const index = both.indexOf(pair);
    if (index < 0) return false;
    const first = (slots + 2 * index) * points;
    const [x, y] = [
      memory.subarray(first, first + points),
      memory.subarray(first + points, first + 2 * points),
    ];
    const size = Math.max(...x.map((value) => (Number.isFinite(value) ? Math.abs(value) : 0)));
    let counted = 0;
    for (const [i, value] of x.entries()) {
      const other = y[i] ?? NaN;
      if (!Number.isFinite(value) && !Number.isFinite(other)) continue;
      if (!(Math.abs(value - other) <= tolerance * size)) return false;
      counted++;
    }
    return counted >= enough;
  };
}

function sameSet(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((it) => b.has(it));
}

function describe({ kind, name, targetAfter, targetBefore }: Pair): string {
  switch (kind) {
    case 'state':
      return targetAfter ?? targetBefore ?? name;
    case 'validity':
      return `${name}, when valid`;
    case 'condition':
      return `when ${name}`;
    case 'reset':
      return `when ${name.replace('.', ', reset of ')}`;
    default:
      return name;
  }
}

/** The texts of a document's formulas, by kind and target. */
function writtenIn({ document }: Model): ReadonlyMap<string, string | number> {
  const written = new Map<string, string | number>();
  for (const [key, formula] of Object.entries(document.equations ?? {})) {
    written.set(`state ${targetText(key)}`, formula).set(`output ${targetText(key)}`, formula);
  }
  for (const [name, { equals, valid }] of Object.entries(document.measurements ?? {})) {
    written.set(`measurement ${name}`, equals);
    if (valid !== undefined) written.set(`validity ${name}`, valid);
  }
  for (const [name, { condition, reset }] of Object.entries(document.when ?? {})) {
    written.set(`condition ${name}`, condition);
    for (const [state, formula] of Object.entries(reset ?? {}))
      written.set(`reset ${name}.${state}`, formula);
  }
  return written;
}

/** A formula as its document has it, with spaces as they should be. */
function text(
  key: 'before' | 'after',
  formula: string | number | undefined,
): { readonly before?: string; readonly after?: string } {
  if (formula === undefined) return {};
  const { expression } = parseExpression(String(formula));
  return { [key]: expression === undefined ? String(formula) : printExpression(expression) };
}

function targetText(key: string): string {
  const { target } = parseTarget(key);
  if (target === undefined) return key;
  return target.kind === 'name' ? target.name : `${target.kind}(${target.name})`;
}
