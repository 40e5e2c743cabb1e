/**
 * Two versions of a model in one expression graph, both over the quantities of the first: where `migrates` says that a state of
 * the second is made of others, that is put in its place. What then is the same node is the same formula.
 */

import { directionalDerivatives, Graph, type NodeId } from '../graph/index.ts';
import type { Model, VersionLink } from '../model/index.ts';
import { normalForms } from './normal-form.ts';
import { Slots } from './slots.ts';
import { sumText } from './terms.ts';

/** What corresponds to each other in the two versions. */
export interface Pair {
  readonly kind: 'state' | 'output' | 'measurement' | 'validity' | 'condition' | 'reset';
  /** Its name in the newer version, or the older if it is only there. */
  readonly name: string;
  /** Its name in the older version, where that is another. */
  readonly oldName?: string | undefined;
  /** Absent: the version does not have it. */
  readonly before?: NodeId | undefined;
  readonly after?: NodeId | undefined;
  /** Where each stands in its document. */
  readonly targetBefore?: string | undefined;
  readonly targetAfter?: string | undefined;
}

export interface CommonGraph {
  readonly graph: Graph;
  readonly pairs: readonly Pair[];
  /** Names of outputs in the older version by those in the newer, where they are others. */
  readonly renamedOutputs: ReadonlyMap<string, string>;
  /** What a slot is called: by its name in the newer version where it was only renamed. */
  readonly nameOfSlot: (slot: number) => string;
  readonly slots: number;
  /** A value in the middle of what each slot may have, and how far it may be from there; SI. */
  readonly typical: readonly { readonly middle: number; readonly reach: number }[];
}

export function commonGraph(a: Model, b: Model, link: VersionLink): CommonGraph {
  const graph = new Graph();
  const before = (roots: readonly NodeId[]): NodeId[] => graph.adopt(a.equations.graph, roots, new Map());
  const own = new Slots(a);
  const bySlot = bind(graph, { a, b, link, own });
  const after = (roots: readonly NodeId[]): NodeId[] => graph.adopt(b.equations.graph, roots, bySlot);
  const one = (move: typeof before, root: NodeId | undefined): NodeId | undefined =>
    root === undefined ? undefined : move([root])[0];
  const pairs: Pair[] = [];
  const add = (kind: Pair['kind'], name: string, it: Omit<Pair, 'kind' | 'name'>): void => {
    if (it.before !== undefined || it.after !== undefined) pairs.push({ kind, name, ...it });
  };

  const taken = new Set<string>();
  const ratesBefore = a.states.map((_, i) => one(before, a.equations.derivatives[i] ?? a.equations.next[i]));
  for (const [i, state] of b.states.entries()) {
    const origin = link.states[i];
    const rateAfter = one(after, b.equations.derivatives[i] ?? b.equations.next[i]);
    const sameAs = a.states.findIndex(({ name }) => origin?.text === name);
    const targetAfter = targetOf(b, i);
    if (sameAs >= 0) {
      const old = a.states[sameAs]?.name ?? '';
      taken.add(old);
      add('state', state.name, {
        before: ratesBefore[sameAs],
        after: rateAfter,
        ...(old === state.name ? {} : { oldName: old }),
        targetBefore: targetOf(a, sameAs),
        targetAfter,
      });
      continue;
    }
    const expected = origin === undefined ? undefined : changeOf(graph, { a, link, ratesBefore }, i);
    for (const name of origin?.reads ?? []) taken.add(name);
    add('state', state.name, { before: expected, after: rateAfter, targetAfter });
  }
  for (const [i, { name }] of a.states.entries()) {
    if (!taken.has(name)) add('state', name, { before: ratesBefore[i], targetBefore: targetOf(a, i) });
  }
  const nameOfSlot = own.names(b, link);
  const sameFormula = (added: Formulas, gone: Formulas) => matchFormulas(graph, { added, gone, nameOfSlot });
  const renamedOutputs = outputs(a, b, { before, after, add, sameFormula });
  measurements(a, b, { before, after, add, sameFormula });
  whens(a, b, { before, after, add, sameFormula });
  return {
    graph,
    pairs,
    renamedOutputs,
    nameOfSlot,
    slots: own.count,
    typical: own.typical,
  };
}

type Formulas = ReadonlyMap<string, NodeId>;

/** For each of the added ones with the formula of one that is gone, that one's name. */
function matchFormulas(
  graph: Graph,
  { added, gone, nameOfSlot }: { added: Formulas; gone: Formulas; nameOfSlot: (slot: number) => string },
): Map<string, string> {
  const found = new Map<string, string>();
  if (added.size === 0 || gone.size === 0) return found;
  const roots = [...added.values(), ...gone.values()];
  const forms = normalForms(graph, roots, { nameOfSlot, named: new Map(), style: 'expanded' });
  const byText = new Map(
    Array.from(gone, ([name, node]) => [sumText(forms.get(node)?.sum ?? new Map()), name]),
  );
  for (const [name, node] of added) {
    const text = sumText(forms.get(node)?.sum ?? new Map());
    const was = byText.get(text);
    if (was === undefined) continue;
    found.set(name, was);
    byText.delete(text);
  }
  return found;
}

interface Moving {
  readonly sameFormula: (added: Formulas, gone: Formulas) => Map<string, string>;
  readonly before: (roots: readonly NodeId[]) => NodeId[];
  readonly after: (roots: readonly NodeId[]) => NodeId[];
  readonly add: (kind: Pair['kind'], name: string, it: Omit<Pair, 'kind' | 'name'>) => void;
}

/** An output that is gone and a new one with the same formula are one that was renamed. */
function outputs(a: Model, b: Model, { before, after, add, sameFormula }: Moving): Map<string, string> {
  const old = new Map(before(a.equations.outputs).map((node, i) => [a.outputs[i]?.name ?? '', node]));
  const now = new Map(after(b.equations.outputs).map((node, i) => [b.outputs[i]?.name ?? '', node]));
  const gone = new Map([...old].filter(([name]) => !now.has(name)));
  const added = new Map([...now].filter(([name]) => !old.has(name)));
  const renamed = sameFormula(added, gone);
  for (const [name, node] of now) {
    const was = renamed.get(name) ?? name;
    const oldName = was === name ? undefined : was;
    add('output', name, { before: old.get(was), after: node, oldName, targetBefore: was, targetAfter: name });
    gone.delete(was);
  }
  for (const [name, node] of gone) add('output', name, { before: node, targetBefore: name });
  return renamed;
}

function measurements(a: Model, b: Model, { before, after, add }: Moving): void {
  const predicted = (model: Model, move: Moving['before']) =>
    new Map(
      model.measurements.map(({ name }, i) => {
        const [node] = move(model.equations.predictions.slice(i, i + 1));
        const valid = model.equations.validities[i];
        return [name, { node, valid: valid === undefined ? undefined : move([valid])[0] }];
      }),
    );
  const [old, now] = [predicted(a, before), predicted(b, after)];
  for (const name of new Set([...now.keys(), ...old.keys()])) {
    const [was, is] = [old.get(name), now.get(name)];
    add('measurement', name, { before: was?.node, after: is?.node, targetBefore: name, targetAfter: name });
    if (was !== undefined && is !== undefined) {
      add('validity', name, { before: was.valid, after: is.valid, targetBefore: name, targetAfter: name });
    }
  }
}

function whens(a: Model, b: Model, { before, after, add }: Moving): void {
  const read = (model: Model, move: Moving['before']) =>
    new Map(
      model.whens.map(({ name }, i) => {
        const when = model.equations.whens[i];
        const resets = (when?.resets ?? []).map(
          ({ state, value }) => [model.states[state]?.name ?? '', move([value])[0]] as const,
        );
        return [name, { condition: when && move([when.condition])[0], resets: new Map(resets) }];
      }),
    );
  const [old, now] = [read(a, before), read(b, after)];
  for (const name of new Set([...now.keys(), ...old.keys()])) {
    const [was, is] = [old.get(name), now.get(name)];
    add('condition', name, {
      before: was?.condition,
      after: is?.condition,
      targetBefore: name,
      targetAfter: name,
    });
    if (was === undefined || is === undefined) continue;
    for (const state of new Set([...is.resets.keys(), ...was.resets.keys()])) {
      const target = `${name}.${state}`;
      add('reset', target, {
        before: was.resets.get(state),
        after: is.resets.get(state),
        targetBefore: target,
        targetAfter: target,
      });
    }
  }
}

function targetOf({ states }: Model, index: number): string {
  const state = states[index];
  return `${state?.kind === 'discrete' ? 'next' : 'der'}(${state?.name ?? ''})`;
}

interface Change {
  readonly a: Model;
  readonly link: VersionLink;
  readonly ratesBefore: readonly (NodeId | undefined)[];
}

/** How a state that is made of earlier ones would change by the earlier version's equations; undefined where that is not a rate. */
function changeOf(graph: Graph, { a, link, ratesBefore }: Change, index: number): NodeId | undefined {
  const origin = link.states[index];
  const read = a.states.flatMap(({ name, kind }, i) => (origin?.reads.includes(name) ? [{ i, kind }] : []));
  if (origin === undefined || read.length === 0 || read.some(({ kind }) => kind === 'discrete'))
    return undefined;
  const [formula] = graph.adopt(link.graph, [origin.node], slotsOfLink(graph, a, link));
  if (formula === undefined) return undefined;
  const seeds = new Map(
    read.flatMap(({ i }) => {
      const rate = ratesBefore[i];
      return rate === undefined ? [] : [[a.equations.slots.states + i, rate] as const];
    }),
  );
  return directionalDerivatives(graph, [formula], seeds)[0] ?? graph.constant(0);
}

/** What the slots of a link are in the first model's equations. */
function slotsOfLink(graph: Graph, a: Model, link: VersionLink): Map<number, NodeId> {
  const { slots } = a.equations;
  const map = new Map<number, NodeId>();
  for (const group of ['states', 'inputs', 'parameters'] as const) {
    for (const i of a[group].keys()) map.set(link.slots[group] + i, graph.load(slots[group] + i));
  }
  return map;
}

interface Binding {
  readonly a: Model;
  readonly b: Model;
  readonly link: VersionLink;
  readonly own: Slots;
}

/** What each slot of the second model is in the first: the same, made of others, or a slot of its own. */
function bind(graph: Graph, { a, b, link, own }: Binding): Map<number, NodeId> {
  const { slots } = b.equations;
  const bySlot = new Map<number, NodeId>();
  const through = slotsOfLink(graph, a, link);
  for (const kind of ['states', 'parameters'] as const) {
    for (const [i, signal] of b[kind].entries()) {
      const origin = link[kind][i];
      const [node] = origin === undefined ? [] : graph.adopt(link.graph, [origin.node], through);
      bySlot.set(slots[kind] + i, node ?? graph.load(own.add(signal)));
    }
  }
  for (const [i, signal] of b.inputs.entries()) {
    const same = a.inputs.findIndex(({ name }) => name === signal.name);
    bySlot.set(slots.inputs + i, graph.load(same < 0 ? own.add(signal) : a.equations.slots.inputs + same));
  }
  return bySlot;
}
