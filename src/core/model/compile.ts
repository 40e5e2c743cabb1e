/**
 * Document → model. The order of the checks: shape, names, formulas, units, mathematics. Each reports all
 * it finds, and later checks pass over what an earlier one found broken, so that one mistake makes one
 * message and every mistake is told at once.
 */

import { type Diagnostic, didYouMean } from '../diagnose/index.ts';
import {
  type Document,
  documentOf,
  type DocumentResult,
  readDocument,
  type SourceText,
} from '../document/index.ts';
import { formatDimension, parseUnit, type Unit } from '../units/index.ts';
import { checkUnits } from './check-units.ts';
import { readDetect } from './detect.ts';
import { readFilter } from './filter.ts';
import { readMigrates } from './migrates.ts';
import { readFormulas } from './formulas.ts';
import { buildEquations } from './equations.ts';
import { type Health, isAdaptive, type Model, type Output, type Signal, type When } from './model.ts';
import { checkName } from './names.ts';
import { Problems } from './problems.ts';
import type { Quantity } from './quantity.ts';
import { type ModelDocument, ModelDocumentSchema } from './schema.ts';
import { readDuration, readHealth, readSignals } from './signals.ts';
import {
  checkNames,
  checkTickSeconds,
  checkUnique,
  type Draft,
  type Intermediates,
  intermediateEquations,
  settleStates,
  sortIntermediates,
} from './structure.ts';

export interface Compilation {
  /** Absent if the document has an error. */
  readonly model?: Model;
  readonly diagnostics: readonly Diagnostic[];
  /** The text that the diagnostics point into. */
  readonly source: SourceText;
}

const DEFAULT_STEP_SECONDS = 0.1;
const DEFAULT_TOLERANCE = 1e-6;
const MAX_EQUATIONS = 20_000;

/** Compiles a model from YAML or JSON text. */
export function compileModel(source: SourceText): Compilation {
  return compileResult(readDocument(source, ModelDocumentSchema));
}

/** Compiles a model from a plain object; `file` is the name to show in diagnostics. */
export function compileModelDocument(value: unknown, file = 'model'): Compilation {
  return compileResult(documentOf(value, ModelDocumentSchema, file));
}

function compileResult({ document, diagnostics, source }: DocumentResult<ModelDocument>): Compilation {
  return document === undefined ? { diagnostics, source } : { ...compile(document), source };
}

function compile(source: Document<ModelDocument>): Omit<Compilation, 'source'> {
  const document = source.value;
  const problems = new Problems(source);
  if (Object.keys(document.equations ?? {}).length > MAX_EQUATIONS) {
    problems.atKey('MODEL_TOO_LARGE', ['equations'], `the model has more than ${MAX_EQUATIONS} equations`);
    return { diagnostics: problems.diagnostics };
  }
  const formulas = readFormulas(document, problems);
  const discrete = new Set(
    formulas.equations.filter((it) => it.target.kind === 'next').map((it) => it.target.name),
  );
  const signals = readSignals(document, problems, (state) => discrete.has(state));
  const draft: Draft = { document, formulas, signals, problems };
  checkUnique(draft);
  const states = settleStates(draft);
  const intermediates = intermediateEquations(draft);
  checkNames(draft, intermediates);
  const sorted = sortIntermediates(draft, intermediates);
  checkTickSeconds(draft, intermediates);
  const stepSeconds =
    document.solver?.step && readDuration(document.solver.step, ['solver', 'step'], problems);

  const filter = readFilter(draft);
  const detect = readDetect(draft);
  readMigrates(document, problems);
  const method = document.solver?.method ?? 'rk4';
  const unitsChecked = document.units !== 'unchecked';
  const declaredOutputs = readOutputUnits(draft, intermediates);
  const quantities = unitsChecked
    ? checkUnits(
        formulas,
        {
          signals: byName([...signals.inputs, ...signals.parameters, ...signals.states]),
          broken: signals.broken,
          sorted,
          declaredOutputs,
          measurements: signals.measurements,
          states: byName(signals.states),
        },
        problems,
      )
    : new Map<string, Quantity>();
  const outputs = [...intermediates.keys()].map((name): Output => {
    const title = document.outputs?.[name]?.title;
    const unit = declaredOutputs.get(name) ?? coherentUnit(quantities.get(name));
    return { name, unit, ...(title === undefined ? {} : { title }) };
  });
  const health = readHealths(document, [...signals.states, ...outputs], problems);
  if (problems.diagnostics.length > 0) return { diagnostics: problems.diagnostics };

  const equations = buildEquations(
    {
      formulas,
      signals: { ...signals, states },
      intermediates,
      sorted,
      measurements: signals.measurements,
      unitsChecked,
    },
    problems,
  );
  if (equations === undefined || problems.diagnostics.length > 0) {
    return { diagnostics: problems.diagnostics };
  }
  const model: Model = {
    name: document.model,
    version: document.version,
    id: `${document.model}@${document.version}`,
    title: document.title ?? document.model,
    ...(document.description === undefined ? {} : { description: document.description }),
    unitsChecked,
    method,
    stepSeconds: stepSeconds || (isAdaptive(method) ? Infinity : DEFAULT_STEP_SECONDS),
    tolerance: document.solver?.tolerance ?? DEFAULT_TOLERANCE,
    filter,
    ...(detect === undefined ? {} : { detect }),
    inputs: signals.inputs,
    parameters: signals.parameters,
    states,
    outputs,
    measurements: signals.measurements,
    whens: Object.entries(document.when ?? {}).map(
      ([name, it]): When => ({
        name,
        severity: it.severity ?? 'warning',
        ...(it.raise === undefined ? {} : { message: it.raise }),
      }),
    ),
    health,
    equations,
    document,
  };
  return { model, diagnostics: [] };
}

function readOutputUnits({ document, problems }: Draft, intermediates: Intermediates): Map<string, Unit> {
  const unitsChecked = document.units !== 'unchecked';
  const units = new Map<string, Unit>();
  for (const [name, it] of Object.entries(document.outputs ?? {})) {
    if (!intermediates.has(name)) continue;
    const text = String(it.unit);
    const parsed = parseUnit(unitsChecked ? text : '1');
    if ('unit' in parsed) units.set(name, unitsChecked ? parsed.unit : { ...parsed.unit, symbol: text });
    else {
      const { problem } = parsed;
      const span = { start: problem.at, end: problem.at + problem.length };
      problems.within(problem.code, { path: ['outputs', name, 'unit'], span }, problem.message, problem);
    }
  }
  return units;
}

/** The unit to show an intermediate in when the document names none: degC for a reading, else the SI unit. */
function coherentUnit(q: Quantity | undefined): Unit {
  const symbol =
    q === undefined || q.dimension === 'any' ? '1' : q.weight === 1 ? 'degC' : formatDimension(q.dimension);
  const parsed = parseUnit(symbol);
  const dimension = q === undefined || q.dimension === 'any' ? ([0, 0, 0, 0, 0, 0, 0] as const) : q.dimension;
  return 'unit' in parsed ? parsed.unit : { symbol, dimension, factor: 1, offset: 0, absolute: false };
}

function readHealths(document: ModelDocument, readable: readonly Signal[], problems: Problems): Health[] {
  const byNames = byName(readable);
  return Object.entries(document.health ?? {}).flatMap(([name, it]) => {
    checkName(name, ['health', name], problems);
    const of = byNames.get(it.of);
    if (of === undefined) {
      problems.at('NAME_UNKNOWN', ['health', name, 'of'], `\`${it.of}\` is neither a state nor an equation`, {
        hint: didYouMean(it.of, byNames.keys()),
      });
      return [];
    }
    return readHealth({ name, it, of, unitsChecked: document.units !== 'unchecked' }, problems) ?? [];
  });
}

function byName<T extends { readonly name: string }>(list: readonly T[]): Map<string, T> {
  return new Map(list.map((it) => [it.name, it]));
}
