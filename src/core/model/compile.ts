/**
 * Document → model. The order of the checks: shape, names, formulas, units, mathematics. Each reports all
 * it finds, and later checks pass over what an earlier one found broken, so that one mistake makes one
 * message and every mistake is told at once.
 */

import { type Diagnostic, suggest } from '../diagnose/index.ts';
import {
  type Document,
  documentOf,
  type DocumentResult,
  readDocument,
  type SourceText,
} from '../document/index.ts';
import { functionTable } from '../equation/index.ts';
import { formatDimension, parseUnit, type Unit } from '../units/index.ts';
import { checkUnits } from './check-units.ts';
import { allFormulas, type Equation, type Formulas, namesOf, readFormulas } from './formulas.ts';
import { buildEquations } from './equations.ts';
import type { Health, Model, Output, Signal, State, When } from './model.ts';
import { checkName, PI, TICK_SECONDS, TIME } from './names.ts';
import { sortEquations } from './order.ts';
import { Problems } from './problems.ts';
import type { Quantity } from './quantity.ts';
import { type ModelDocument, ModelDocumentSchema } from './schema.ts';
import { readDuration, readHealth, readSignals, type Signals } from './signals.ts';

export interface Compilation {
  /** Absent if the document has an error. */
  readonly model?: Model;
  readonly diagnostics: readonly Diagnostic[];
  /** The text that the diagnostics point into. */
  readonly source: SourceText;
}

const DEFAULT_STEP_SECONDS = 0.1;
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
  checkUnique(document, problems);
  const states = settleStates(signals, formulas, document, problems);
  const intermediates = intermediateEquations(signals, formulas, document, problems);
  checkNames(signals, intermediates, formulas, document, problems);
  const sorted = sortIntermediates(intermediates, problems);
  checkTickSeconds(formulas, intermediates, problems);
  const stepSeconds =
    document.solver?.step && readDuration(document.solver.step, ['solver', 'step'], problems);

  const unitsChecked = document.units !== 'unchecked';
  const declaredOutputs = readOutputUnits(document, intermediates, unitsChecked, problems);
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
  if (problems.diagnostics.length > 0) return { diagnostics: problems.diagnostics };
  const model: Model = {
    name: document.model,
    version: document.version,
    id: `${document.model}@${document.version}`,
    title: document.title ?? document.model,
    ...(document.description === undefined ? {} : { description: document.description }),
    unitsChecked,
    method: document.solver?.method ?? 'rk4',
    stepSeconds: stepSeconds || DEFAULT_STEP_SECONDS,
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

/** Inputs, parameters and states share one space of names. Measurements only have to differ from inputs. */
function checkUnique(document: ModelDocument, problems: Problems): void {
  const taken = new Map<string, string>();
  for (const group of ['inputs', 'parameters', 'states'] as const) {
    for (const name of Object.keys(document[group] ?? {})) {
      const other = taken.get(name);
      if (other === undefined) taken.set(name, group);
      else problems.atKey('NAME_TAKEN', [group, name], `\`${name}\` is already one of the ${other}`);
    }
  }
  for (const name of Object.keys(document.measurements ?? {})) {
    if (taken.get(name) === 'inputs') {
      problems.atKey('NAME_TAKEN', ['measurements', name], `\`${name}\` is already one of the inputs`, {
        hint: 'a sample names one signal only: rename one of the two',
      });
    }
  }
  for (const [name, it] of Object.entries(document.when ?? {})) {
    checkName(name, ['when', name], problems);
    if (it.raise === undefined && Object.keys(it.reset ?? {}).length === 0) {
      problems.atKey('DOCUMENT_MISSING_KEY', ['when', name], `\`when.${name}\` does nothing`, {
        hint: 'give it `raise: <text>` or `reset: { <state>: <expression> }`',
      });
    }
  }
}

/** Each state has exactly one equation, which tells its kind. */
function settleStates(
  signals: Signals,
  formulas: Formulas,
  document: ModelDocument,
  problems: Problems,
): State[] {
  const names = signals.states.map((state) => state.name);
  const defined = new Map<string, Equation>();
  for (const equation of formulas.equations) {
    const { kind, name, span } = equation.target;
    if (kind === 'name') continue;
    const site = { path: equation.path, span, part: 'key' } as const;
    if (!names.includes(name)) {
      problems.within('NAME_UNKNOWN', site, `\`${name}\` is not a state`, { hint: didYouMean(name, names) });
    } else if (defined.has(name)) {
      problems.within('EQUATION_DUPLICATE', site, `\`${name}\` already has an equation`);
    } else {
      defined.set(name, equation);
    }
  }
  // An equation that did not parse has been reported; its state is not missing one.
  const written = Object.keys(document.equations ?? {});
  return signals.states.map((state): State => {
    const kind = defined.get(state.name)?.target.kind;
    if (kind === undefined && !written.some((key) => key.includes(state.name))) {
      problems.atKey('EQUATION_MISSING', ['states', state.name], `\`${state.name}\` has no equation`, {
        hint: `add \`der(${state.name}): …\` (its rate of change) or \`next(${state.name}): …\` (its next value)`,
      });
    }
    if (kind === 'der' && state.everySeconds !== undefined) {
      problems.atKey(
        'EQUATION_TARGET',
        ['states', state.name, 'every'],
        '`every` is for states with `next`',
        {
          hint: `\`${state.name}\` is continuous: leave \`every\` out`,
        },
      );
    }
    return { ...state, kind: kind === 'next' ? 'discrete' : 'continuous' };
  });
}

function intermediateEquations(
  signals: Signals,
  formulas: Formulas,
  document: ModelDocument,
  problems: Problems,
): Map<string, Equation> {
  const declared = new Map<string, string>();
  for (const [group, list] of [
    ['an input', signals.inputs],
    ['a parameter', signals.parameters],
    ['a state', signals.states],
  ] as const) {
    for (const { name } of list) declared.set(name, group);
  }
  const found = new Map<string, Equation>();
  for (const equation of formulas.equations) {
    const { kind, name, span } = equation.target;
    if (kind !== 'name') continue;
    const site = { path: equation.path, span, part: 'key' } as const;
    const group = declared.get(name);
    if (group !== undefined) {
      problems.within('NAME_TAKEN', site, `\`${name}\` is ${group}`, {
        hint:
          group === 'a state'
            ? `write \`der(${name})\` or \`next(${name})\``
            : 'give the equation another name',
      });
    } else if (found.has(name)) {
      problems.within('EQUATION_DUPLICATE', site, `\`${name}\` already has an equation`);
    } else {
      checkName(name, equation.path, problems);
      found.set(name, equation);
    }
  }
  for (const name of Object.keys(document.outputs ?? {})) {
    if (!found.has(name)) {
      problems.atKey('NAME_UNKNOWN', ['outputs', name], `\`${name}\` is not an equation`, {
        hint: didYouMean(name, found.keys()) ?? `add \`${name}: …\` to the equations`,
      });
    }
  }
  return found;
}

function checkNames(
  signals: Signals,
  intermediates: ReadonlyMap<string, Equation>,
  formulas: Formulas,
  document: ModelDocument,
  problems: Problems,
): void {
  const states = new Set(signals.states.map((it) => it.name));
  const known = new Set([TIME, TICK_SECONDS, PI, ...intermediates.keys(), ...states]);
  for (const { name } of [...signals.inputs, ...signals.parameters]) known.add(name);
  // An equation whose right side did not parse still gives its name.
  for (const key of Object.keys(document.equations ?? {})) known.add(key.trim());
  for (const formula of allFormulas(formulas)) {
    for (const { name, span } of namesOf(formula)) {
      if (known.has(name)) continue;
      const hint =
        name in functionTable ? `\`${name}\` is a function: write \`${name}(…)\`` : didYouMean(name, known);
      problems.within('NAME_UNKNOWN', { path: formula.path, span }, `\`${name}\` is not defined`, {
        hint:
          hint ??
          (signals.measurements.some((it) => it.name === name)
            ? 'measurements cannot be read by equations'
            : undefined),
      });
    }
  }
  for (const when of formulas.whens) {
    for (const { state, path } of when.resets) {
      if (!states.has(state)) {
        problems.atKey('NAME_UNKNOWN', path, `\`${state}\` is not a state`, {
          hint: didYouMean(state, states),
        });
      }
    }
  }
}

function sortIntermediates(
  intermediates: ReadonlyMap<string, Equation>,
  problems: Problems,
): readonly string[] {
  const reads = new Map(
    [...intermediates].map(([name, it]) => [name, [...namesOf(it)].map((use) => use.name)]),
  );
  const { sorted, loops } = sortEquations([...intermediates.keys()], (name) => reads.get(name) ?? []);
  for (const loop of loops) {
    const equation = intermediates.get(loop[0] ?? '');
    if (equation === undefined) continue;
    problems.atKey(
      'EQUATION_LOOP',
      equation.path,
      `${[...loop, loop[0]].join(' → ')} depend on each other in a loop`,
      {
        hint: 'make one of them a state with `der` or `next`, or solve the loop by hand',
      },
    );
  }
  return sorted;
}

/** `dt` is the length of a tick: it means something to next, not to a rate of change. */
function checkTickSeconds(
  formulas: Formulas,
  intermediates: ReadonlyMap<string, Equation>,
  problems: Problems,
): void {
  for (const equation of formulas.equations) {
    if (equation.target.kind !== 'der') continue;
    const seen = new Set<string>();
    const pending: { name: string; span: { start: number; end: number } }[] = [...namesOf(equation)];
    for (const { name, span } of pending) {
      if (name === TICK_SECONDS) {
        problems.within('EQUATION_TARGET', { path: equation.path, span }, '`dt` in a rate of change', {
          hint: 'der(x) is already per second; `dt` is for next(x)',
        });
        break;
      }
      const inner = intermediates.get(name);
      if (inner === undefined || seen.has(name)) continue;
      seen.add(name);
      for (const use of namesOf(inner)) pending.push({ name: use.name, span });
    }
  }
}

function readOutputUnits(
  document: ModelDocument,
  intermediates: ReadonlyMap<string, Equation>,
  unitsChecked: boolean,
  problems: Problems,
): Map<string, Unit> {
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
    return readHealth(name, it, of, problems, document.units !== 'unchecked') ?? [];
  });
}

function byName<T extends { readonly name: string }>(list: readonly T[]): Map<string, T> {
  return new Map(list.map((it) => [it.name, it]));
}

function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const nearest = suggest(name, candidates);
  return nearest === undefined ? undefined : `did you mean \`${nearest}\`?`;
}
