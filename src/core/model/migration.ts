/**
 * What two versions of a model have to do with each other: for each state and parameter of the one, how it comes from the
 * other, as an expression graph in SI.
 *
 * An entry of the newer version's `migrates` says so; otherwise it is what has the same name; otherwise nothing, and the
 * state begins anew. Going back to an earlier version, what was only renamed goes back to its old name, and what was
 * computed from something else begins anew.
 */

import { type Diagnostic, didYouMean } from '../diagnose/index.ts';
import { type Document, documentOf, readDocument, type SourceText } from '../document/index.ts';
import { printExpression } from '../equation/index.ts';
import { Graph, type NodeId } from '../graph/index.ts';
import { convertible, type Unit } from '../units/index.ts';
import { checkFormula } from './check-units.ts';
import { type Formula, namesOf } from './formulas.ts';
import { lowerExpression } from './lower.ts';
import { type Migrates, readMigrates } from './migrates.ts';
import type { Model, Signal } from './model.ts';
import { PI } from './names.ts';
import { Problems } from './problems.ts';
import { pureNumber, type Quantity, quantityOf } from './quantity.ts';
import { type ModelDocument, ModelDocumentSchema } from './schema.ts';
import { compareVersions } from './version.ts';

/** Where a state or a parameter comes from. */
export interface Origin {
  /** As it would be written. */
  readonly text: string;
  /** SI, over the values of the other version. */
  readonly node: NodeId;
  /** The names it reads. */
  readonly reads: readonly string[];
}

export interface VersionLink {
  readonly graph: Graph;
  /** What `load(slot)` reads: the other version's states, inputs and parameters, each group in its order, SI. */
  readonly slots: { readonly states: number; readonly inputs: number; readonly parameters: number };
  /** One a state, or parameter, of the version gone to; undefined: none, it begins as its document says. */
  readonly states: readonly (Origin | undefined)[];
  readonly parameters: readonly (Origin | undefined)[];
}

export interface LinkResult {
  /** Only sound if there is no problem: what has one is left out. */
  readonly link: VersionLink;
  readonly diagnostics: readonly Diagnostic[];
  /** The text that the diagnostics point into. */
  readonly source: SourceText;
}

/**
 * Links two versions of one model. All problems are returned, none thrown.
 *
 * @param source - the text of `to`, for places in it; without it, places are in the document as it would be written out.
 */
export function linkVersions(from: Model, to: Model, source?: SourceText): LinkResult {
  // Reading the document again for its places takes longer than all the rest, so it waits for the first problem.
  const quick = linkPlaced(from, to, placeless(to));
  if (quick.diagnostics.length === 0) return quick;
  return linkPlaced(from, to, readAgain(to, source));
}

function linkPlaced(from: Model, to: Model, document: Document<ModelDocument>): LinkResult {
  const problems = new Problems(document);
  const linker = new Linker({ from, to, problems });
  const isBack = compareVersions(to.version, from.version) < 0;
  const migrates = isBack ? migratesOf(from) : readMigrates(to.document, problems);
  if (!isBack && migrates.isBeyond(from.version)) {
    const range = to.document.migrates?.from ?? '';
    problems.at('MIGRATION_INVALID', ['migrates', 'from'], `${from.id} is older than \`${range}\``, {
      hint: 'go over to one of those versions first, and from there to this one',
    });
  }
  const applies = migrates.appliesTo(isBack ? to.version : from.version);
  const group = (kind: Group): (Origin | undefined)[] => {
    const formulas: ReadonlyMap<string, Formula> = applies ? migrates[kind] : new Map();
    if (isBack) return to[kind].map((signal) => linker.back(signal, kind, formulas));
    return to[kind].map((signal) => {
      const formula = formulas.get(signal.name);
      return formula === undefined ? linker.sameName(signal, kind) : linker.written(signal, kind, formula);
    });
  };
  const states = group('states');
  const parameters = group('parameters');
  const { diagnostics } = problems;
  return {
    link: { graph: linker.graph, slots: linker.slots, states, parameters },
    diagnostics,
    source: document.source,
  };
}

/** Whether the document says how a twin comes from that version of the model. */
export function migratesFrom(model: Model, version: string): boolean {
  return model.document.migrates !== undefined && migratesOf(model).appliesTo(version);
}

interface Versions {
  readonly from: Model;
  readonly to: Model;
  readonly problems: Problems;
}

class Linker {
  readonly graph = new Graph();
  readonly slots: VersionLink['slots'];
  readonly #versions: Versions;
  /** Of the other version: what equations may read, by name. */
  readonly #nodes = new Map<string, NodeId>();
  readonly #quantities = new Map<string, Quantity>([[PI, pureNumber]]);
  readonly #isChecked: boolean;

  constructor(versions: Versions) {
    this.#versions = versions;
    const { from, to } = versions;
    this.#isChecked = from.unitsChecked && to.unitsChecked;
    this.slots = {
      states: 0,
      inputs: from.states.length,
      parameters: from.states.length + from.inputs.length,
    };
    this.#nodes.set(PI, this.graph.constant(Math.PI));
    for (const [slot, signal] of [...from.states, ...from.inputs, ...from.parameters].entries()) {
      this.#nodes.set(signal.name, this.#shown(this.graph.load(slot), signal.unit));
      this.#quantities.set(signal.name, quantityOf(signal.unit));
    }
  }

  written(signal: Signal, kind: Group, formula: Formula): Origin | undefined {
    const { from, problems } = this.#versions;
    const before = problems.diagnostics.length;
    const reads = namesOf(formula);
    for (const { name, span } of reads) {
      if (this.#mayRead(name, kind)) continue;
      const what = kind === 'states' ? 'state, input or parameter' : 'parameter';
      const message = `\`${name}\` is no ${what} of ${from.id}`;
      problems.within('NAME_UNKNOWN', { path: formula.path, span }, message, { hint: this.#hintFor(name) });
    }
    if (problems.diagnostics.length > before) return undefined;
    if (this.#isChecked) {
      const left = `\`${signal.name}\``;
      checkFormula({ formula, left, wanted: quantityOf(signal.unit) }, this.#quantities, problems);
      if (problems.diagnostics.length > before) return undefined;
    }
    const node = lowerExpression(formula.expression, {
      graph: this.graph,
      unitsChecked: this.#isChecked,
      nodeOf: (name) => this.#nodeOf(name),
      onNotFinite: ({ span }) =>
        problems.within('EQUATION_NOT_FINITE', { path: formula.path, span }, 'this is no finite number'),
    });
    return {
      text: printExpression(formula.expression),
      node: this.#taken(node, signal.unit),
      reads: reads.map(({ name }) => name),
    };
  }

  sameName(signal: Signal, kind: Group): Origin | undefined {
    const { from, to, problems } = this.#versions;
    const other = from[kind].find(({ name }) => name === signal.name);
    if (other === undefined) return undefined;
    if (this.#convertible(other, signal)) return this.#same(other, signal);
    const message = `\`${signal.name}\` was in ${other.unit.symbol} in ${from.id}, and is in ${signal.unit.symbol} in ${to.id}`;
    problems.atKey('UNIT_MISMATCH', [kind, signal.name], message, {
      hint: `say under \`migrates.${kind}\` what it comes from`,
    });
    return undefined;
  }

  /** What the newer version, whose formulas these are, renamed goes back; what it computed does not. */
  back(signal: Signal, kind: Group, formulas: ReadonlyMap<string, Formula>): Origin | undefined {
    const [renamed] = [...formulas].find(([, it]) => isName(it, signal.name)) ?? [];
    const name = renamed ?? (formulas.has(signal.name) ? undefined : signal.name);
    const other = this.#versions.from[kind].find((it) => it.name === name);
    return other !== undefined && this.#convertible(other, signal) ? this.#same(other, signal) : undefined;
  }

  #same(other: Signal, signal: Signal): Origin {
    return {
      text: other.name,
      node: this.#taken(this.#nodeOf(other.name), signal.unit),
      reads: [other.name],
    };
  }

  #convertible(other: Signal, signal: Signal): boolean {
    return !this.#isChecked || convertible(other.unit, signal.unit) === true;
  }

  /** A parameter is fixed, so it cannot come from what changes. */
  #mayRead(name: string, kind: Group): boolean {
    if (kind === 'states' || name === PI) return this.#nodes.has(name);
    return this.#versions.from.parameters.some((it) => it.name === name);
  }

  #hintFor(name: string): string | undefined {
    const { from, to } = this.#versions;
    if (this.#nodes.has(name)) return 'a parameter is fixed, so it comes from parameters alone';
    const near = didYouMean(name, this.#nodes.keys());
    if (near !== undefined) return near;
    if (from.outputs.some((it) => it.name === name))
      return `\`${name}\` is an equation: write out what it is`;
    const isNew = [...to.states, ...to.parameters, ...to.inputs].some((it) => it.name === name);
    return isNew
      ? `\`${name}\` is of the new version: an origin is written with the names of ${from.id}`
      : undefined;
  }

  #nodeOf(name: string): NodeId {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new RangeError(`the name ${name} passed the checks without a meaning`);
    return node;
  }

  /** If one of the two versions computes with numbers as they stand, both are read and written in the units they show. */
  #shown(node: NodeId, unit: Unit): NodeId {
    if (this.#isChecked) return node;
    const difference = this.graph.binary('sub', node, this.graph.constant(unit.offset));
    return this.graph.binary('div', difference, this.graph.constant(unit.factor));
  }

  #taken(node: NodeId, unit: Unit): NodeId {
    if (this.#isChecked || (unit.factor === 1 && unit.offset === 0)) return node;
    const scaled = this.graph.binary('mul', node, this.graph.constant(unit.factor));
    return this.graph.binary('add', scaled, this.graph.constant(unit.offset));
  }
}

type Group = 'states' | 'parameters';

function isName({ expression }: Formula, name: string): boolean {
  return expression.kind === 'name' && expression.name === name;
}

/** Of a version that was checked when it was compiled. */
function migratesOf(model: Model): Migrates {
  return readMigrates(model.document, new Problems(placeless(model)));
}

/** The document was checked before, so that it can be read again for its places. */
function readAgain({ id, document }: Model, source?: SourceText): Document<ModelDocument> {
  const read =
    source === undefined
      ? documentOf(document, ModelDocumentSchema, id)
      : readDocument(source, ModelDocumentSchema);
  if (read.document === undefined) throw new RangeError(`the document of ${id} cannot be read again`);
  return read.document;
}

/** The document where nobody asks for places. */
function placeless({ id, document }: Model): Document<ModelDocument> {
  const nowhere = { file: id, line: 1, column: 1, length: 1 };
  return {
    source: { file: id, text: '' },
    value: document,
    placeOf: () => nowhere,
    placeIn: () => nowhere,
  };
}
