/** Checks of what a document's parts have to do with each other: names, and equations with their states. */

import { didYouMean } from '../diagnose/index.ts';
import { functionTable } from '../equation/index.ts';
import { allFormulas, type Equation, type Formulas, namesOf } from './formulas.ts';
import type { State } from './model.ts';
import { checkName, PI, TICK_SECONDS, TIME } from './names.ts';
import { sortEquations } from './order.ts';
import type { Problems } from './problems.ts';
import type { ModelDocument } from './schema.ts';
import type { Signals } from './signals.ts';

/** A document on its way to a model. */
export interface Draft {
  readonly document: ModelDocument;
  readonly formulas: Formulas;
  readonly signals: Signals;
  readonly problems: Problems;
}

/** Intermediate equations by name. */
export type Intermediates = ReadonlyMap<string, Equation>;

/** Inputs, parameters and states share one space of names. Measurements only have to differ from inputs. */
export function checkUnique({ document, problems }: Draft): void {
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
export function settleStates({ signals, formulas, document, problems }: Draft): State[] {
  const names = new Set(signals.states.map((state) => state.name));
  const defined = new Map<string, Equation>();
  for (const equation of formulas.equations) {
    const { kind, name, span } = equation.target;
    if (kind === 'name') continue;
    const site = { path: equation.path, span, part: 'key' } as const;
    if (!names.has(name)) {
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

/** The equations of names of their own, by name. */
export function intermediateEquations({ signals, formulas, document, problems }: Draft): Intermediates {
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

/** Every name that a formula reads, or a `when` resets, must be there. */
export function checkNames(
  { signals, formulas, document, problems }: Draft,
  intermediates: Intermediates,
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

/** The intermediates, each after what it reads; loops are reported and left out. */
export function sortIntermediates({ problems }: Draft, intermediates: Intermediates): readonly string[] {
  const reads = new Map([...intermediates].map(([name, it]) => [name, namesOf(it).map((use) => use.name)]));
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
export function checkTickSeconds({ formulas, problems }: Draft, intermediates: Intermediates): void {
  for (const equation of formulas.equations) {
    if (equation.target.kind !== 'der') continue;
    const seen = new Set<string>();
    const pending = [...namesOf(equation)];
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
