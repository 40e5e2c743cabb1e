/** `gemel explain`: what there is to know of a model before it runs. */

import { Command } from 'commander';
import { checkObservability, type Observability } from '../core/estimate/index.ts';
import { defaultBackend, javascriptBackend } from '../core/kernel/index.ts';
import type { Model } from '../core/model/index.ts';
import { explainModel, type Explanation } from '../core/solve/index.ts';
import { fromSiDifference } from '../core/units/index.ts';
import { loadModelFile } from './model-file.ts';
import { deviationUnit } from './units.ts';

/** States beyond these are not drawn, and modes beyond these are not listed. */
const drawnStates = 60;
const listedModes = 12;

export function explainCommand(): Command {
  return new Command('explain')
    .summary('show the equations, structure, cost, stiffness and observability of a model')
    .description(
      'Shows the equations of a model in the order in which they are computed, the structure of its Jacobian, what a step ' +
        'costs, how stiff it is where it starts, the largest stable step of each explicit method, and which of its states ' +
        'the sensors can tell.',
    )
    .argument('<model>', 'model file')
    .option('--json', 'print it as JSON')
    .addHelpText(
      'after',
      `
Example:
  gemel explain models/tank.yaml`,
    )
    .action((path: string, options: { readonly json?: boolean }) => {
      const model = loadModelFile(path);
      const explanation = explainModel(model, { backend: javascriptBackend });
      const observability = checkObservability(model, { backend: defaultBackend() });
      const everything = { ...explanation, observability };
      process.stdout.write(
        options.json
          ? `${JSON.stringify(everything, null, 2)}\n`
          : textOf(explanation) + sensorLines(model, observability).join(''),
      );
    });
}

function textOf(explanation: Explanation): string {
  const { model, equations, operations, method } = explanation;
  const width = Math.max(0, ...equations.map(({ target }) => target.length));
  const costs = [
    `derivatives ${operations.derivatives}`,
    `Jacobian ${operations.jacobian}`,
    ...(operations.substep === undefined ? [] : [`substep ${operations.substep}`]),
  ];
  return [
    `${model}\n`,
    'Equations, in the order in which they are computed',
    ...equations.map(({ target, formula }) => `  ${target.padEnd(width)}  ${formula}`),
    '',
    ...jacobianLines(explanation),
    ...(explanation.jacobian.states.length > 0 ? [''] : []),
    `Operations: ${costs.join(', ')}`,
    '',
    ...startLines(explanation),
    '',
    `Method: ${method.asked}${method.taken === method.asked ? '' : ` takes ${method.taken}`}: ${method.why}`,
    '',
  ].join('\n');
}

/** A row a state, a mark where its derivative depends on the state of that column. */
function jacobianLines({ jacobian: { states, places } }: Explanation): string[] {
  const n = states.length;
  const title = `Jacobian: ${places.length} of ${n * n} entries`;
  if (n === 0) return [];
  if (n > drawnStates) return [title];
  const filled = new Set(places.map(([row, column]) => row * n + column));
  const width = Math.max(...states.map((name) => name.length));
  return [
    title,
    ...states.map((name, row) => {
      const marks = states.map((_, column) => (filled.has(row * n + column) ? '■' : '·'));
      return `  ${name.padEnd(width)}  ${marks.join(' ')}`;
    }),
  ];
}

function startLines({ start, largestStableStep }: Explanation): string[] {
  const { eigenvalues = [], fastest, slowest, guessedInputs } = start;
  if (eigenvalues.length === 0 && start.eigenvalues !== undefined) return ['No state moves continuously'];
  const lines = ['Modes at the start (eigenvalues of the Jacobian)'];
  if (start.eigenvalues === undefined) lines.push('  the Jacobian is not finite there');
  for (const { re, im } of eigenvalues.slice(0, listedModes)) {
    const swing = im === 0 ? '' : ` ${im < 0 ? '−' : '+'} ${brief(Math.abs(im))}i`;
    lines.push(`  ${brief(re)}${swing} /s`);
  }
  if (eigenvalues.length > listedModes) lines.push(`  and ${eigenvalues.length - listedModes} slower ones`);
  if (guessedInputs.length > 0)
    lines.push(`  with 0, or the bound next to it, for ${guessedInputs.join(', ')}`);
  if (fastest !== undefined && slowest !== undefined) {
    lines.push(
      '',
      `Stiffness: fastest ${brief(fastest)} /s, slowest ${brief(slowest)} /s, ratio ${brief(fastest / slowest)}`,
    );
  }
  lines.push('', 'Largest stable step there');
  for (const [method, step] of Object.entries(largestStableStep)) {
    const said = step === null ? 'any' : step === 0 ? 'none' : `${brief(step)} s`;
    lines.push(`  ${method.padEnd(5)}  ${said}`);
  }
  return lines;
}

/** What the sensors leave of each state's deviation, in its unit, and what they cannot tell. */
function sensorLines(
  model: Model,
  { states, findings, horizonSeconds, assumedInputs }: Observability,
): string[] {
  if (findings.length === 0 && states.length === 0) return [];
  const lines = ['Sensors'];
  const names = Object.keys(assumedInputs);
  const width = Math.max(0, ...states.map(({ state }) => state.length));
  if (states.length > 0) {
    lines.push(
      `  standard deviation after ${brief(horizonSeconds)} s from the start without samples, and with them`,
    );
  }
  if (names.length > 0) lines.push(`  with a middling value for ${names.join(', ')}`);
  for (const { state, without, deviation } of states) {
    const unit = model.states.find(({ name }) => name === state)?.unit;
    const [before, after] = [without, deviation].map((si) => brief(unit ? fromSiDifference(si, unit) : si));
    const symbol = unit === undefined ? '' : ` ${deviationUnit(unit)}`;
    lines.push(`  ${state.padEnd(width)}  ${before} → ${after}${symbol}`.trimEnd());
  }
  for (const finding of findings) lines.push(`  ${finding}`);
  return ['\n', ...lines.map((line) => `${line}\n`)];
}

function brief(value: number): string {
  return String(Number(value.toPrecision(4)));
}
